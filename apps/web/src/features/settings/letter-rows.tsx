import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { UpdateSettingsInput } from "@tintype/core/settings";
import { useId } from "react";
import { ProblemNote } from "../../components/problem-note.tsx";
import section from "../../components/section.module.css";
import { inOrder } from "../../lib/in-order.ts";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { isSignedIn, useUser } from "../../lib/use-user.ts";
import styles from "./settings.module.css";

const settingsQuery = () => trpc.settings.get.queryOptions();

/** Which letters are sent, and by whose clock they are dated. */
export function LetterRows() {
  const { error } = useQuery(settingsQuery());
  const letters = useSettings();
  const timeZone = useSettings();
  return (
    <>
      <NotificationsRow isOn={letters.shown?.emailNotifications} onChange={letters.change} />
      <TimeZoneRow zone={timeZone.shown?.timeZone} onChange={timeZone.change} />
      <ProblemNote error={error ?? letters.error ?? timeZone.error} />
    </>
  );
}

/** For one row: what was just chosen in it is shown at once, and goes back should it not be kept. */
function useSettings() {
  const queryClient = useQueryClient();
  const { id: userId } = useUser();
  const { data } = useQuery(settingsQuery());
  const update = useMutation(
    trpc.settings.update.mutationOptions({
      scope: inOrder("letters"),
      onSuccess: (now) => {
        if (isSignedIn(userId)) queryClient.setQueryData(settingsQuery().queryKey, now);
      },
    }),
  );
  return {
    shown: data && { ...data, ...(update.isPending && update.variables) },
    error: update.error,
    change: (input: UpdateSettingsInput) => update.mutate(input),
  };
}

type Change = { onChange: (input: UpdateSettingsInput) => void };

function NotificationsRow({ isOn, onChange }: Change & { isOn: boolean | undefined }) {
  const { t } = useTranslation();
  const [name, text] = [useId(), useId()];
  return (
    <div className={section.row}>
      <div>
        <h2 className={section.name} id={name}>
          {t("settings.letters")}
        </h2>
        <p className={section.text} id={text}>
          {t("settings.lettersText")}
        </p>
      </div>
      <input
        type="checkbox"
        role="switch"
        className={styles.switch}
        aria-labelledby={name}
        aria-describedby={text}
        disabled={isOn === undefined}
        aria-checked={isOn ?? false}
        checked={isOn ?? false}
        onChange={(event) => onChange({ emailNotifications: event.currentTarget.checked })}
      />
    </div>
  );
}

/** Offers the zone this browser is in; who travels keeps the one they chose until they press it. */
function TimeZoneRow({ zone, onChange }: Change & { zone: string | undefined }) {
  const { t } = useTranslation();
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <div className={section.row}>
      <div>
        <h2 className={section.name}>{t("settings.timeZone")}</h2>
        <p className={section.text}>
          {/* Mostly it is this browser's, so that the text keeps its height when the answer comes. */}
          <span data-waiting={zone === undefined} className={styles.zone}>
            {t("settings.timeZoneText", { zone: zone ?? here })}
          </span>
        </p>
      </div>
      {zone !== undefined && zone !== here && (
        <Button variant="default" onClick={() => onChange({ timeZone: here })}>
          {t("settings.useTimeZone", { zone: here })}
        </Button>
      )}
    </div>
  );
}
