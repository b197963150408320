import { Page } from "../pages/sign-in-again.tsx";
import { startPage } from "../start-page.tsx";

await startPage("sign-in-again", Page);
