import { Page } from "../pages/sign-in.tsx";
import { startPage } from "../start-page.tsx";

await startPage("sign-in", Page);
