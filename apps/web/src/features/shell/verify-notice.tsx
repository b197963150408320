import IconMail from "@tabler/icons-react/dist/esm/icons/IconMail.mjs";
import { useLocation } from "@tanstack/react-router";
import { Note } from "../../components/note.tsx";
import { SendVerification } from "../../components/send-verification.tsx";
import { useTranslation } from "../../lib/use-translation.ts";
import { useUser } from "../../lib/use-user.ts";
import styles from "./verify-notice.module.css";

/** On every page of somebody whose credits wait until they have confirmed their address. */
export default function VerifyNotice() {
  const { t } = useTranslation();
  const { email } = useUser();
  // There one is about to do what this asks for.
  if (useLocation().pathname === "/verify-email") return null;
  return (
    <div className={styles.frame}>
      <Note
        tone="calm"
        icon={<IconMail size={18} />}
        title={t("verify.title")}
        text={t("verify.notice", { email })}
      >
        <SendVerification label={t("verify.send")} />
      </Note>
    </div>
  );
}
