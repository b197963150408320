import IconArrowBackUp from "@tabler/icons-react/dist/esm/icons/IconArrowBackUp.mjs";
import IconArrowForwardUp from "@tabler/icons-react/dist/esm/icons/IconArrowForwardUp.mjs";
import IconCheck from "@tabler/icons-react/dist/esm/icons/IconCheck.mjs";
import IconHourglass from "@tabler/icons-react/dist/esm/icons/IconHourglass.mjs";
import IconLock from "@tabler/icons-react/dist/esm/icons/IconLock.mjs";
import IconLockOpen from "@tabler/icons-react/dist/esm/icons/IconLockOpen.mjs";
import IconMinus from "@tabler/icons-react/dist/esm/icons/IconMinus.mjs";
import IconPencil from "@tabler/icons-react/dist/esm/icons/IconPencil.mjs";
import IconPlayerPause from "@tabler/icons-react/dist/esm/icons/IconPlayerPause.mjs";
import IconPlus from "@tabler/icons-react/dist/esm/icons/IconPlus.mjs";
import IconScale from "@tabler/icons-react/dist/esm/icons/IconScale.mjs";
import type { CreditEventKind } from "@tintype/core/credits";
import type { ComponentType } from "react";
import styles from "./event-mark.module.css";

type Tone = "good" | "spent" | "calm" | "bad";
type Icon = ComponentType<{ size: number; stroke: number }>;

const marks: Record<CreditEventKind, [Icon, Tone]> = {
  grant: [IconPlus, "good"],
  hold: [IconPlayerPause, "calm"],
  capture: [IconCheck, "spent"],
  release: [IconArrowBackUp, "good"],
  expire: [IconHourglass, "bad"],
  rollover: [IconArrowForwardUp, "good"],
  freeze: [IconLock, "bad"],
  unfreeze: [IconLockOpen, "good"],
  clawback: [IconMinus, "bad"],
  reinstate: [IconArrowBackUp, "good"],
  adjustment: [IconPencil, "calm"],
  repayment: [IconScale, "calm"],
};

/** The kind of an event at a glance, beside its words. */
export function EventMark({ kind }: { kind: CreditEventKind }) {
  const [Icon, tone] = marks[kind];
  return (
    <span className={styles.mark} data-tone={tone} aria-hidden="true">
      <Icon size={16} stroke={2} />
    </span>
  );
}
