import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { PageHeader } from "../components/page-header.tsx";
import surface from "../components/surface.module.css";
import { Settings } from "../features/settings/settings.tsx";

export function SettingsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <div className={`${surface.page} ${surface.narrow}`}>
      <PageHeader title={t("settings.title")} />
      <Settings onSignedOut={() => navigate({ to: "/" })} />
    </div>
  );
}
