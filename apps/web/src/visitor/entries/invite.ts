import { Page } from "../pages/invite.tsx";
import { startPage } from "../start-page.tsx";

await startPage("invite", Page);
