import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { UpdateSettingsInput } from "@tintype/core/settings";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "../../components/problem-note.tsx";
import section from "../../components/section.module.css";
import { inOrder } from "../../lib/in-order.ts";
import { trpc } from "../../lib/trpc.ts";
import styles from "./settings.module.css";

const settingsQuery = () => trpc.settings.get.queryOptions();

/** Which letters are sent, and by whose clock they are dated. */
export function LetterRows() {
  const queryClient = useQueryClient();
  const settings = useQuery(settingsQuery());
  const update = useMutation(
    trpc.settings.update.mutationOptions({
      scope: inOrder,
      onSuccess: (now) => queryClient.setQueryData(settingsQuery().queryKey, now),
    }),
  );
  // What was just chosen is shown at once, and goes back should it not be kept.
  const shown = settings.data && { ...settings.data, ...(update.isPending && update.variables) };
  const change = (input: UpdateSettingsInput) => update.mutate(input);
  return (
    <>
      <NotificationsRow isOn={shown?.emailNotifications} onChange={change} />
      <TimeZoneRow zone={shown?.timeZone} onChange={change} />
      <ProblemNote error={settings.error ?? update.error} />
    </>
  );
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
