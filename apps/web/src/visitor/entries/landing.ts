import { Page } from "../pages/landing.tsx";
import { startPage } from "../start-page.tsx";

await startPage("landing", Page);
