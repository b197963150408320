import { useTranslation } from "react-i18next";
import { MessagePage } from "../components/message-page.tsx";

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
