import { Menu } from "@mantine/core";
import IconLogout from "@tabler/icons-react/dist/esm/icons/IconLogout.mjs";
import IconSettings from "@tabler/icons-react/dist/esm/icons/IconSettings.mjs";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { trpc } from "../../lib/trpc.ts";
import { becomeUser, useUser } from "../../lib/use-user.ts";
import styles from "./header.module.css";

export function UserMenu() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { email } = useUser();
  const leave = async () => {
    await becomeUser(null);
    await navigate({ to: "/" });
  };
  const signOut = useMutation(trpc.auth.signOut.mutationOptions({ onSuccess: leave }));

  return (
    <Menu position="bottom-end" radius="lg" shadow="md" width={230}>
      <Menu.Target>
        <button type="button" className={styles.avatar} aria-label={t("nav.account")}>
          {email.slice(0, 1).toUpperCase()}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className={styles.email}>{email}</Menu.Label>
        <Menu.Item
          leftSection={<IconSettings size={16} />}
          onClick={() => void navigate({ to: "/settings" })}
        >
          {t("nav.settings")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          {t("nav.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
