import { Page } from "../pages/sign-up.tsx";
import { startPage } from "../start-page.tsx";

await startPage("sign-up", Page);
