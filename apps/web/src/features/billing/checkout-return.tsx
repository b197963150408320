import { Button, Loader } from "@mantine/core";
import IconAlertCircle from "@tabler/icons-react/dist/esm/icons/IconAlertCircle.mjs";
import IconCircleCheck from "@tabler/icons-react/dist/esm/icons/IconCircleCheck.mjs";
import IconClock from "@tabler/icons-react/dist/esm/icons/IconClock.mjs";
import { Link, useRouter } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ProblemNote } from "../../components/problem-note.tsx";
import surface from "../../components/surface.module.css";
import { usePageTitle } from "../../lib/use-page-title.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./checkout-return.module.css";
import { useCheckoutStatus } from "./use-checkout-status.ts";

type Props = { session: string; returnTo: string };

/** The page after the payment: it waits until our books have it, and says so. */
export function CheckoutReturn({ session, returnTo }: Props) {
  const { t } = useTranslation();
  usePageTitle(t("checkoutReturn.title"));
  const { status, error, isUnreachable, isLate } = useCheckoutStatus(session);
  if (error) {
    return (
      <Frame icon={<IconAlertCircle size={30} />}>
        <h1 className={surface.title}>{t("checkoutReturn.title")}</h1>
        <div className={styles.problem}>
          <ProblemNote error={error}>
            <ToBilling />
          </ProblemNote>
        </div>
      </Frame>
    );
  }
  if (status?.status === "paid") {
    return (
      <Frame icon={<IconCircleCheck size={30} />} tone="good">
        <h1 className={surface.title}>
          {status.credits > 0
            ? t("checkoutReturn.paid", { count: status.credits })
            : t("checkoutReturn.booked")}
        </h1>
        <p className={styles.text}>{t("checkoutReturn.paidText")}</p>
        <div className={styles.actions}>
          <Onward returnTo={returnTo} />
        </div>
      </Frame>
    );
  }
  if (status?.status === "processing") {
    return (
      <Frame icon={<IconClock size={30} />}>
        <h1 className={surface.title}>{t("checkoutReturn.processing.title")}</h1>
        <p className={styles.text}>{t("checkoutReturn.processing.text")}</p>
        <div className={styles.actions}>
          <Onward returnTo={returnTo} quiet />
        </div>
      </Frame>
    );
  }
  if (status && status.status !== "pending") {
    return (
      <Frame icon={<IconClock size={30} />}>
        <h1 className={surface.title}>{t(`checkoutReturn.${status.status}.title`)}</h1>
        <p className={styles.text}>{t(`checkoutReturn.${status.status}.text`)}</p>
        <div className={styles.actions}>
          <Button renderRoot={(props) => <Link to="/pricing" search={{ returnTo }} {...props} />}>
            {t("checkoutReturn.again")}
          </Button>
          <Onward returnTo={returnTo} quiet />
        </div>
      </Frame>
    );
  }
  if (isUnreachable) return <Waiting part="unreachable" returnTo={returnTo} />;
  if (status?.status === "pending" && isLate) return <Waiting part="late" returnTo={returnTo} />;
  const isPending = status?.status === "pending";
  return (
    <Frame icon={<Loader size={28} />}>
      <h1 className={surface.title}>
        {isPending ? t("checkoutReturn.pending.title") : t("checkoutReturn.checking")}
      </h1>
      {isPending && <p className={styles.text}>{t("checkoutReturn.pending.text")}</p>}
    </Frame>
  );
}

/** Nobody has to wait here any more, so nothing turns; it is asked for behind the scenes all the same. */
function Waiting({ part, returnTo }: { part: "late" | "unreachable"; returnTo: string }) {
  const { t } = useTranslation();
  return (
    <Frame icon={<IconClock size={30} />}>
      <h1 className={surface.title}>{t(`checkoutReturn.${part}.title`)}</h1>
      <p className={styles.text}>{t(`checkoutReturn.${part}.text`)}</p>
      <div className={styles.actions}>
        <Onward returnTo={returnTo} quiet />
      </div>
    </Frame>
  );
}

type FrameProps = { icon?: ReactNode; tone?: "good"; children: ReactNode };

/** What changes in it is read out: nobody can see from outside that the webhook has come. */
function Frame({ icon, tone, children }: FrameProps) {
  return (
    <div className={styles.frame} role="status">
      {icon && (
        <span className={styles.icon} data-tone={tone} aria-hidden="true">
          {icon}
        </span>
      )}
      {children}
    </div>
  );
}

/** Back to what they were doing, or to where the credits can be seen. */
function Onward({ returnTo, quiet = false }: { returnTo: string; quiet?: boolean }) {
  const { t } = useTranslation();
  const { history } = useRouter();
  const { pathname } = new URL(returnTo, window.location.origin);
  const isWallet = pathname === "/wallet";
  const label = () => {
    if (pathname === "/studio") return t("checkoutReturn.toDraft");
    if (pathname === "/billing") return t("checkoutReturn.toBilling");
    return isWallet ? t("checkoutReturn.toWallet") : t("checkoutReturn.onward");
  };
  return (
    <>
      {/* A whole address with its own search goes to the history as it is. */}
      <Button variant={quiet ? "default" : "filled"} onClick={() => history.push(returnTo)}>
        {label()}
      </Button>
      {!isWallet && !quiet && (
        <Button variant="default" renderRoot={(props) => <Link to="/wallet" {...props} />}>
          {t("checkoutReturn.toWallet")}
        </Button>
      )}
    </>
  );
}

function ToBilling() {
  const { t } = useTranslation();
  return (
    <Button size="xs" variant="default" renderRoot={(props) => <Link to="/billing" {...props} />}>
      {t("checkoutReturn.toBilling")}
    </Button>
  );
}
