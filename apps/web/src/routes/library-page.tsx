import { getRouteApi, Link, Outlet } from "@tanstack/react-router";
import { PageHeader } from "../components/page-header.tsx";
import surface from "../components/surface.module.css";
import { Library } from "../features/library/library.tsx";
import type { AssetFilter } from "../lib/queries.ts";
import { useTranslation } from "../lib/use-translation.ts";
import styles from "./library-page.module.css";
import { type LibraryFilter, libraryFilters } from "./search.ts";

const route = getRouteApi("/member/library");

const filterOf: Record<LibraryFilter, AssetFilter> = {
  all: {},
  images: { kind: "output", mediaType: "image" },
  videos: { kind: "output", mediaType: "video" },
  uploads: { kind: "upload" },
};

export function LibraryPage() {
  const { t } = useTranslation();
  const { show = "all" } = route.useSearch();
  return (
    <div className={surface.page}>
      <PageHeader title={t("library.title")}>
        <nav className={styles.filters} aria-label={t("library.filter")}>
          {libraryFilters.map((filter) => (
            <Link
              key={filter}
              to="/library"
              search={filter === "all" ? {} : { show: filter }}
              className={styles.filter}
              data-chosen={filter === show}
              aria-current={filter === show ? "page" : undefined}
            >
              {t(`library.filters.${filter}`)}
            </Link>
          ))}
        </nav>
      </PageHeader>
      <Library key={show} filter={filterOf[show]} />
      <Outlet />
    </div>
  );
}
