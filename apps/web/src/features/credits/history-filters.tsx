import { Button } from "@mantine/core";
import IconDownload from "@tabler/icons-react/dist/esm/icons/IconDownload.mjs";
import { Link } from "@tanstack/react-router";
import { type HistoryGroup, historyGroups } from "@tintype/core/history";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./history-filters.module.css";
import { exportUrl, type HistorySearch } from "./history-search.ts";

type Change = (now: HistorySearch) => HistorySearch;
type Props = { search: HistorySearch; onChange: (change: Change) => void };

const withGroup =
  (group: "all" | HistoryGroup): Change =>
  ({ kind: _, ...days }) =>
    group === "all" ? days : { ...days, kind: group };

const withDay =
  (name: "from" | "to", day: string): Change =>
  ({ [name]: _, ...rest }) =>
    day === "" ? rest : { ...rest, [name]: day };

/**
 * What of the history is shown. It stands in the address, so that a view can be kept and sent. Each press changes what
 * the address says by then, not what it said when this was drawn: two quick ones must not undo each other.
 */
export function HistoryFilters({ search, onChange }: Props) {
  const { t } = useTranslation();
  const { kind: chosen = "all" } = search;
  return (
    <div className={styles.filters}>
      <nav className={styles.groups} aria-label={t("history.filter")}>
        {(["all", ...historyGroups] as const).map((group) => (
          <Link
            key={group}
            from="/wallet"
            to="/wallet"
            search={withGroup(group)}
            replace
            resetScroll={false}
            className={styles.group}
            data-chosen={group === chosen}
            aria-current={group === chosen ? "true" : undefined}
          >
            {t(`history.filters.${group}`)}
          </Link>
        ))}
      </nav>
      <div className={styles.end}>
        {(["from", "to"] as const).map((name) => (
          <label key={name} className={styles.day}>
            <span>{name === "from" ? t("history.from") : t("history.to")}</span>
            <input
              type="date"
              value={search[name] ?? ""}
              min={name === "to" ? search.from : undefined}
              max={name === "from" ? search.to : undefined}
              onChange={(event) => onChange(withDay(name, event.target.value))}
            />
          </label>
        ))}
        <Button
          component="a"
          href={exportUrl(search)}
          size="xs"
          variant="default"
          leftSection={<IconDownload size={16} />}
        >
          {t("history.export")}
        </Button>
      </div>
    </div>
  );
}
