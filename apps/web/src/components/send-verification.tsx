import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { trpc } from "../lib/trpc.ts";
import { useTranslation } from "../lib/use-translation.ts";
import { ProblemNote } from "./problem-note.tsx";

/** Has the link that confirms the user's address sent (again). What came of it stands in place of the button. */
export function SendVerification({ label }: { label: string }) {
  const { t } = useTranslation();
  const send = useMutation(trpc.auth.requestVerification.mutationOptions());
  return (
    <>
      {!send.isSuccess && (
        <Button size="xs" variant="default" loading={send.isPending} onClick={() => send.mutate()}>
          {label}
        </Button>
      )}
      <span role="status">{send.isSuccess ? t("verify.sent") : null}</span>
      <ProblemNote error={send.error} />
    </>
  );
}
