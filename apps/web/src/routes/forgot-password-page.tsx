export { ForgotPasswordForm as ForgotPasswordPage } from "../features/auth/forgot-password-form.tsx";
