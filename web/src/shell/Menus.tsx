import { Button, type MantineColorScheme, Menu, useMantineColorScheme } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { MeView } from "../api/client";
import { signOut } from "../api/session";
import type { Language } from "../i18n/catalogue";
import { useReader, type Zone } from "../i18n/language";
import type { PlainKey } from "../i18n/t";
import { MenuAction } from "../parts/action/MenuAction";
import { menuProps } from "../parts/action/menu";
import { useMay } from "../parts/role";

const LANGUAGES: [Language, string][] = [
  ["en", "English"],
  ["zh", "中文"],
];
const THEMES: [MantineColorScheme, PlainKey][] = [
  ["light", "shell.themeLight"],
  ["dark", "shell.themeDark"],
  ["auto", "shell.themeAuto"],
];
const ZONES: [Zone, PlainKey][] = [
  ["local", "shell.zoneLocal"],
  ["utc", "shell.zoneUtc"],
];

function Choice({ label, isOn, onPick }: { label: string; isOn: boolean; onPick: () => void }) {
  return (
    <Menu.Item role="menuitemradio" aria-checked={isOn} onClick={onPick} className="rh-choice">
      {label}
    </Menu.Item>
  );
}

/** How you read: language, theme, time zone. Each is at work at once. */
export function PreferencesMenu() {
  const { t, language, zone, setLanguage, setZone } = useReader();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu {...menuProps} position="bottom-end" shadow="md" width={220} closeOnItemClick={false}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-md"
          className="rh-menu-button"
          aria-label={t("shell.preferences")}
        >
          <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true" focusable="false">
            <path
              d="M2 5h6m4 0h4M2 13h3m4 0h7"
              fill="none"
              stroke="currentColor"
              strokeWidth="1.6"
              strokeLinecap="round"
            />
            <circle cx="10" cy="5" r="2" fill="none" stroke="currentColor" strokeWidth="1.6" />
            <circle cx="7" cy="13" r="2" fill="none" stroke="currentColor" strokeWidth="1.6" />
          </svg>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("shell.language")}</Menu.Label>
        {LANGUAGES.map(([each, label]) => (
          <Choice key={each} label={label} isOn={language === each} onPick={() => setLanguage(each)} />
        ))}
        <Menu.Label>{t("shell.theme")}</Menu.Label>
        {THEMES.map(([each, label]) => (
          <Choice
            key={each}
            label={t(label)}
            isOn={colorScheme === each}
            onPick={() => setColorScheme(each)}
          />
        ))}
        <Menu.Label>{t("shell.zone")}</Menu.Label>
        {ZONES.map(([each, label]) => (
          <Choice key={each} label={t(label)} isOn={zone === each} onPick={() => setZone(each)} />
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface AccountProps extends Pick<MeView, "name" | "role"> {
  onKeys: () => void;
}

/** Who you are, and what is yours: tokens, keys, the way out. */
export function AccountMenu({ name, role, onKeys }: AccountProps) {
  const { t } = useReader();
  const client = useQueryClient();
  const navigate = useNavigate();
  const whyNotTokens = useMay("admin");
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      client.clear();
      location.assign("/");
    },
  });
  return (
    <Menu {...menuProps} position="bottom-end" shadow="md" width={240}>
      <Menu.Target>
        <Button variant="subtle" color="gray" size="compact-md" className="rh-menu-button">
          {name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("shell.signedInAs", { name, role: t(`role.${role}`) })}</Menu.Label>
        <MenuAction
          label={t("tokens.title")}
          why={whyNotTokens}
          onPick={() => void navigate({ to: "/tokens" })}
        />
        <MenuAction label={t("keys.title")} why={null} onPick={onKeys} />
        <Menu.Divider />
        <Menu.Item onClick={() => leave.mutate()}>{t("shell.signOut")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
