import { useNavigate } from "@tanstack/react-router";
import { PageHeader } from "../components/page-header.tsx";
import surface from "../components/surface.module.css";
import { Settings } from "../features/settings/settings.tsx";
import { useTranslation } from "../lib/use-translation.ts";

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
