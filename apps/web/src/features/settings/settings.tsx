import { Button, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Locale, locales } from "@tintype/core/auth";
import { useState } from "react";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import section from "../../components/section.module.css";
import { SendVerification } from "../../components/send-verification.tsx";
import { chooseLocale } from "../../lib/i18n.ts";
import { inOrder } from "../../lib/in-order.ts";
import { meQuery } from "../../lib/queries.ts";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { becomeUser, isSignedIn, useUser } from "../../lib/use-user.ts";
import { LetterRows } from "./letter-rows.tsx";

const schemes = ["auto", "light", "dark"] as const;

export function Settings({ onSignedOut }: { onSignedOut: () => Promise<void> }) {
  const { t } = useTranslation();
  const { email } = useUser();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <div className={section.rows}>
      <div className={section.row}>
        <div>
          <h2 className={section.name}>{t("settings.account")}</h2>
          <p className={section.text}>{email}</p>
        </div>
        <SignOut onSignedOut={onSignedOut} />
      </div>
      <AddressRow />
      <LanguageRow />
      <LetterRows />
      <div className={section.row}>
        <div>
          <h2 className={section.name}>{t("settings.theme")}</h2>
          <p className={section.text}>{t("settings.themeText")}</p>
        </div>
        <SegmentedControl
          aria-label={t("settings.theme")}
          data={schemes.map((value) => ({ value, label: t(`themes.${value}`) }))}
          value={colorScheme}
          onChange={(value) => setColorScheme(schemes.find((scheme) => scheme === value) ?? "auto")}
        />
      </div>
      <SignOutEverywhere onSignedOut={onSignedOut} />
    </div>
  );
}

function AddressRow() {
  const { t } = useTranslation();
  const { email, isVerified } = useUser();
  return (
    <div className={section.row}>
      <div>
        <h2 className={section.name}>{t("verify.settings")}</h2>
        <p className={section.text}>
          {isVerified ? t("verify.yes", { email }) : t("verify.no", { email })}
        </p>
      </div>
      {!isVerified && <SendVerification label={t("verify.sendFirst")} />}
    </div>
  );
}

/** Shown at once, kept with the account, so that letters are written in it too. */
function LanguageRow() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { locale: chosen } = useUser();
  const update = useMutation(
    trpc.auth.updatePreferences.mutationOptions({
      scope: inOrder("language"),
      // At once: the next page is shown in the language that is known here.
      onMutate: async ({ locale }) => {
        await queryClient.cancelQueries(trpc.auth.me.pathFilter());
        queryClient.setQueryData(meQuery().queryKey, (user) => user && { ...user, locale });
      },
      onSuccess: (user) => {
        const mutationKey = trpc.auth.updatePreferences.mutationKey();
        // Somebody who has pressed again by now is not shown the press before.
        const isLast = queryClient.isMutating({ mutationKey }) === 1;
        if (isLast && isSignedIn(user.id)) queryClient.setQueryData(meQuery().queryKey, user);
      },
      onError: () => queryClient.invalidateQueries(trpc.auth.me.pathFilter()),
    }),
  );
  const change = (value: string) => {
    const locale: Locale = locales.find((known) => known === value) ?? "en";
    void chooseLocale(locale);
    update.mutate({ locale });
  };
  return (
    <>
      <div className={section.row}>
        <div>
          <h2 className={section.name}>{t("settings.language")}</h2>
          <p className={section.text}>{t("settings.languageText")}</p>
        </div>
        <SegmentedControl
          aria-label={t("settings.language")}
          data={locales.map((value) => ({ value, label: t(`languages.${value}`) }))}
          // Not the language of the page: its words may still be on their way when the next press comes.
          value={chosen}
          onChange={change}
        />
      </div>
      <ProblemNote error={update.error} />
    </>
  );
}

type Leaving = { onSignedOut: () => Promise<void> };

function SignOut({ onSignedOut }: Leaving) {
  const { t } = useTranslation();
  const signOut = useMutation(
    trpc.auth.signOut.mutationOptions({
      onSuccess: async () => {
        await becomeUser(null);
        await onSignedOut();
      },
    }),
  );
  return (
    <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
      {t("nav.signOut")}
    </Button>
  );
}

function SignOutEverywhere({ onSignedOut }: Leaving) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const signOut = useMutation(
    trpc.auth.signOutEverywhere.mutationOptions({
      onSuccess: async () => {
        await becomeUser(null);
        await onSignedOut();
      },
    }),
  );
  return (
    <div className={section.row}>
      <div>
        <h2 className={section.name}>{t("settings.everywhere.title")}</h2>
        <p className={section.text}>{t("settings.everywhere.text")}</p>
      </div>
      <Button variant="default" onClick={() => setAsking(true)}>
        {t("settings.everywhere.button")}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t("settings.everywhere.title")}
        text={t("settings.everywhere.text")}
        confirm={t("settings.everywhere.button")}
        keep={t("actions.cancel")}
        loading={signOut.isPending}
        error={signOut.error}
        onConfirm={() => signOut.mutate()}
        onClose={() => setAsking(false)}
      />
    </div>
  );
}
