import IconPlayerPlayFilled from "@tabler/icons-react/dist/esm/icons/IconPlayerPlayFilled.mjs";
import { Link } from "@tanstack/react-router";
import type { MouseEvent } from "react";
import { isVideo } from "../../components/asset-media.ts";
import { Thumbnail } from "../../components/stored-media.tsx";
import type { Asset } from "../../lib/api-types.ts";
import { formatStopwatch } from "../../lib/format.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./library.module.css";

type Props = {
  asset: Asset;
  selected: boolean;
  /** Something is selected already: a click on a tile selects too. */
  selecting: boolean;
  tabbable: boolean;
  onFocus: () => void;
  onToggle: (extend: boolean) => void;
};

export function AssetTile({ asset, selected, selecting, tabbable, onFocus, onToggle }: Props) {
  const { t } = useTranslation();
  const { id, fileName, durationMs, kind } = asset;
  const tabIndex = tabbable ? 0 : -1;
  const click = (event: MouseEvent) => {
    if (!selecting && !event.shiftKey && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    onToggle(event.shiftKey);
  };
  return (
    <li className={styles.tile} data-selected={selected}>
      <Link
        to="/library/$assetId"
        params={{ assetId: id }}
        search={(search) => search}
        resetScroll={false}
        className={styles.open}
        aria-label={t("library.open", { name: fileName })}
        data-tile
        tabIndex={tabIndex}
        onFocus={onFocus}
        onClick={click}
      >
        <Thumbnail className={styles.image ?? ""} asset={asset} alt="" loading="lazy" />
      </Link>
      {isVideo(asset) && (
        <span className={styles.badge}>
          <IconPlayerPlayFilled size={11} />
          {formatStopwatch(durationMs ?? 0)}
        </span>
      )}
      {kind === "upload" && <span className={styles.badge}>{t("library.upload")}</span>}
      <input
        type="checkbox"
        className={styles.check}
        aria-label={t("library.select", { name: fileName })}
        tabIndex={tabIndex}
        checked={selected}
        onChange={({ nativeEvent }) =>
          onToggle(nativeEvent instanceof PointerEvent && nativeEvent.shiftKey)
        }
      />
    </li>
  );
}
