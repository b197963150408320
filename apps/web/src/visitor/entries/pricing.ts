import { Page } from "../pages/pricing.tsx";
import { startPage } from "../start-page.tsx";

await startPage("pricing", Page);
