export { ForgotPasswordForm as Page } from "../../features/auth/forgot-password-form.tsx";
