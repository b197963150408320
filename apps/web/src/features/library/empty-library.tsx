import { Button } from "@mantine/core";
import IconPhoto from "@tabler/icons-react/dist/esm/icons/IconPhoto.mjs";
import { Link } from "@tanstack/react-router";
import { EmptyState } from "../../components/empty-state.tsx";
import { useTranslation } from "../../lib/use-translation.ts";

export function EmptyLibrary() {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<IconPhoto size={26} stroke={1.6} />}
      title={t("library.empty.title")}
      text={t("library.empty.text")}
    >
      <Button renderRoot={(props) => <Link to="/studio" {...props} />}>
        {t("library.empty.action")}
      </Button>
    </EmptyState>
  );
}
