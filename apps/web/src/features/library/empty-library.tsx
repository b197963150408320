import { Button } from "@mantine/core";
import IconPhoto from "@tabler/icons-react/dist/esm/icons/IconPhoto.mjs";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../../components/empty-state.tsx";

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
