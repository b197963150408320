import { Page } from "../pages/forgot-password.tsx";
import { startPage } from "../start-page.tsx";

await startPage("forgot-password", Page);
