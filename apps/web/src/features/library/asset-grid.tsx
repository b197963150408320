import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Asset } from "../../lib/api-types.ts";
import { isFocusLost } from "../../lib/focus.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { AssetTile } from "./asset-tile.tsx";
import styles from "./library.module.css";
import {
  extendTo,
  moveFocus,
  nothingSelected,
  type Selection,
  selectAll,
  toggle,
} from "./selection.ts";

type Props = {
  assets: Asset[];
  selection: Selection;
  onSelect: (selection: Selection) => void;
  onDelete: () => void;
};

const columnsOf = (list: HTMLElement) =>
  getComputedStyle(list).gridTemplateColumns.split(" ").length;

/** One tab stop for the whole grid; arrows move inside it, space chooses, enter opens. */
export function AssetGrid({ assets, selection, onSelect, onDelete }: Props) {
  const { t } = useTranslation();
  const list = useRef<HTMLUListElement>(null);
  const [active, setActive] = useState<string | null>(null);
  const order = assets.map(({ id }) => id);
  const tabStop = active !== null && order.includes(active) ? active : order[0];

  const focusOn = (index: number) =>
    list.current?.querySelectorAll<HTMLElement>("a[data-tile]")[index]?.focus();

  const place = useRef(0);
  useEffect(() => {
    const index = active === null ? -1 : order.indexOf(active);
    if (index !== -1) place.current = index;
    // The tile was deleted: the focus goes to the one that took its place.
    else if (active !== null && isFocusLost()) focusOn(Math.min(place.current, order.length - 1));
  });

  const pressKey = (event: KeyboardEvent<HTMLUListElement>) => {
    if (!list.current) return;
    const index = order.indexOf(active ?? "");
    const from = { index, columns: columnsOf(list.current), total: order.length };
    const next = moveFocus(event.key, from);
    const acts: Partial<Record<string, () => void>> = {
      " ": () => active && onSelect(toggle(selection, active)),
      Delete: () => {
        if (selection.ids.size === 0 && active) onSelect(toggle(nothingSelected, active));
        onDelete();
      },
      Escape: () => onSelect(nothingSelected),
      ...(event.ctrlKey || event.metaKey ? { a: () => onSelect(selectAll(order)) } : {}),
      ...(next === null ? {} : { [event.key]: () => focusOn(next) }),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  return (
    // The keys are for the tiles inside; the list itself takes no focus.
    <ul ref={list} className={styles.grid} aria-label={t("library.grid")} onKeyDown={pressKey}>
      {assets.map((asset) => (
        <AssetTile
          key={asset.id}
          asset={asset}
          selected={selection.ids.has(asset.id)}
          selecting={selection.ids.size > 0}
          tabbable={asset.id === tabStop}
          onFocus={() => setActive(asset.id)}
          onToggle={(extend) =>
            onSelect(extend ? extendTo(selection, asset.id, order) : toggle(selection, asset.id))
          }
        />
      ))}
    </ul>
  );
}
