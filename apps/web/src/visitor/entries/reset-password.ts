import { Page } from "../pages/reset-password.tsx";
import { startPage } from "../start-page.tsx";

await startPage("reset-password", Page);
