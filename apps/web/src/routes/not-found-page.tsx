import { MessagePage } from "../components/message-page.tsx";
import { useTranslation } from "../lib/use-translation.ts";

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <MessagePage
      title={t("notFound.title")}
      text={t("notFound.text")}
      action={t("notFound.action")}
      onAction={() => window.location.assign("/")}
    />
  );
}
