export { Landing as LandingPage } from "../features/landing/landing.tsx";
