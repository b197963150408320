import IconCreditCard from "@tabler/icons-react/dist/esm/icons/IconCreditCard.mjs";
import IconGift from "@tabler/icons-react/dist/esm/icons/IconGift.mjs";
import IconLogout from "@tabler/icons-react/dist/esm/icons/IconLogout.mjs";
import IconSettings from "@tabler/icons-react/dist/esm/icons/IconSettings.mjs";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useId, useRef } from "react";
import { leaveFor } from "../../lib/leave.ts";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { becomeUser, useUser } from "../../lib/use-user.ts";
import styles from "./user-menu.module.css";

/** The browser's own popover: it opens, closes on Escape or a press elsewhere, and needs no code. */
export function UserMenu() {
  const { t } = useTranslation();
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  const { email } = useUser();
  const leave = async () => {
    await becomeUser(null);
    await leaveFor("/");
  };
  const signOut = useMutation(trpc.auth.signOut.mutationOptions({ onSuccess: leave }));

  return (
    <>
      <button
        type="button"
        className={styles.avatar}
        aria-label={t("nav.account")}
        data-initial={email.slice(0, 1).toUpperCase()}
        popoverTarget={id}
      />
      <div ref={panel} id={id} popover="auto" className={styles.panel}>
        <p className={styles.email}>{email}</p>
        <Link to="/billing" className={styles.item} onClick={() => panel.current?.hidePopover()}>
          <IconCreditCard size={17} aria-hidden="true" />
          {t("nav.billing")}
        </Link>
        <Link to="/rewards" className={styles.item} onClick={() => panel.current?.hidePopover()}>
          <IconGift size={17} aria-hidden="true" />
          {t("nav.rewards")}
        </Link>
        <Link to="/settings" className={styles.item} onClick={() => panel.current?.hidePopover()}>
          <IconSettings size={17} aria-hidden="true" />
          {t("nav.settings")}
        </Link>
        <button type="button" className={styles.item} onClick={() => signOut.mutate()}>
          <IconLogout size={17} aria-hidden="true" />
          {t("nav.signOut")}
        </button>
      </div>
    </>
  );
}
