import { useQuery } from "@tanstack/react-query";
import { jobKinds } from "@tintype/core/generation";
import { useCallback, useEffect, useState } from "react";
import { ChoiceGroup } from "../../components/choice-group.tsx";
import type { Job } from "../../lib/api-types.ts";
import { updateDraft, updateSettings, useDraft } from "../../lib/draft.ts";
import type { DraftSettings } from "../../lib/draft-settings.ts";
import { catalogueQuery } from "../../lib/queries.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { useUser } from "../../lib/use-user.ts";
import { type ExplainShortage, GenerateBar } from "./generate-bar.tsx";
import { LookSection } from "./look-section.tsx";
import { MoreSection } from "./more-section.tsx";
import { toBuyable } from "./offers.ts";
import { OutputSection } from "./output-section.tsx";
import { PhotoSection } from "./photo-section.tsx";
import { PromptField } from "./prompt-field.tsx";
import styles from "./studio-form.module.css";

type Props = {
  onAccepted: (job: Job) => void;
  explainShortage: ExplainShortage;
};

/** Everything that decides a picture or a video, from the photo down to the price on the button. */
export function StudioForm({ onAccepted, explainShortage }: Props) {
  const { t } = useTranslation();
  const { id: userId } = useUser();
  const draft = useDraft(userId);
  const { settings } = draft;
  const { data: catalogue } = useQuery(catalogueQuery());
  const [uploading, setUploading] = useState(false);

  const change = useCallback(
    (part: Partial<DraftSettings>) => updateSettings(userId, part),
    [userId],
  );
  const changePhoto = useCallback(
    (assetId: string | null) => updateDraft(userId, { assetId }),
    [userId],
  );
  const pinSeed = (seed: number) =>
    updateDraft(userId, { settings: { ...settings, seed }, seedPinned: true });

  useEffect(() => {
    if (!catalogue) return;
    const needed = toBuyable(catalogue, settings);
    if (Object.keys(needed).length > 0) change(needed);
  }, [catalogue, settings, change]);

  return (
    <div className={styles.form}>
      <div className={styles.fields}>
        <ChoiceGroup
          legend={t("studio.kind")}
          look="switch"
          columns={2}
          value={settings.kind}
          onChange={(kind) => change({ kind })}
          choices={jobKinds.map((kind) => ({ value: kind, label: t(`kinds.${kind}`) }))}
        />
        <PhotoSection
          assetId={draft.assetId}
          limit={catalogue?.limits.uploadBytes}
          onChange={changePhoto}
          onBusy={setUploading}
        />
        <LookSection settings={settings} onChange={change} />
        <PromptField value={settings.prompt} onChange={(prompt) => change({ prompt })} />
        <OutputSection settings={settings} catalogue={catalogue} onChange={change} />
        <MoreSection settings={settings} onChange={change} onSeed={pinSeed} />
      </div>
      <GenerateBar {...{ draft, uploading, userId, onAccepted, explainShortage }} />
    </div>
  );
}
