import type { ComponentChildren, VNode } from 'preact';
import { number } from '../format/number.ts';
import { signOut } from '../live/sign-in.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { frame, isReadOnly, session } from '../state/page.ts';
import { chosenLocale, locales, theme, themes } from '../state/preferences.ts';
import { isPaused, link, setPaused, view } from '../state/view.ts';
import { locale, texts } from '../texts/texts.ts';

const languageNames = { en: 'English', 'pt-BR': 'Português' };

/** The bar: where the page can go, and how it looks. */
export function Header(): VNode {
  const { keys, pages, bar } = texts.value;
  const firing = frame.value?.firing ?? 0;
  const shown = session.value;
  return (
    <header class="bar">
      <div class="bar-in">
        <a class="brand" href={link({ page: 'overview' })}>
          <span class="brand-mark">
            <Icon name="mark" />
          </span>
          <span class="brand-name">{shown?.title ?? pages.overview}</span>
          {shown?.environment !== undefined && <span class="env">{shown.environment}</span>}
        </a>
        <nav class="nav" aria-label={keys}>
          <NavLink page="overview" icon="lanes" />
          <NavLink page="events" icon="list" />
          <NavLink page="alerts" icon="bell">
            {firing > 0 && (
              <span class="nav-count num">
                {number(firing)}
                <span class="sr"> {bar.firing}</span>
              </span>
            )}
          </NavLink>
        </nav>
        <span class="bar-tools">
          {shown && isReadOnly.value && (
            <span class="badge tone-dim">
              <Icon name="lock" />
              {bar.readOnly}
            </span>
          )}
          <PauseButton />
          <Chooser
            icon="theme"
            label={bar.theme}
            value={theme.value}
            names={texts.value.themes}
            options={themes}
            onChoose={(chosen) => (theme.value = chosen)}
          />
          <Chooser
            icon="globe"
            label={bar.language}
            value={locale.value}
            names={languageNames}
            options={locales}
            onChoose={(chosen) => (chosenLocale.value = chosen)}
          />
          {shown?.canSignOut && <ToolButton icon="out" label={bar.signOut} onClick={() => void signOut()} />}
        </span>
      </div>
    </header>
  );
}

interface NavLinkProps {
  readonly page: 'overview' | 'events' | 'alerts';
  readonly icon: IconName;
  readonly children?: ComponentChildren;
}

function NavLink({ page, icon, children }: NavLinkProps): VNode {
  const shown = view.value.page;
  const isOn = shown === page || (page === 'overview' && shown === 'provider');
  return (
    <a
      href={link({ page })}
      class={`nav-link ${isOn ? 'is-on' : ''}`}
      {...(isOn && { 'aria-current': shown === page ? 'page' : 'true' })}
    >
      <Icon name={icon} />
      <span>{texts.value.pages[page]}</span>
      {children}
    </a>
  );
}

function PauseButton(): VNode {
  const { pause, resume } = texts.value.bar;
  const paused = isPaused.value;
  return (
    <ToolButton icon={paused ? 'play' : 'pause'} label={paused ? resume : pause} onClick={() => setPaused(!paused)} />
  );
}

interface ToolButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
}

function ToolButton({ icon, label, onClick }: ToolButtonProps): VNode {
  return (
    <button type="button" class="btn btn-ghost btn-square" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

interface ChooserProps<Name extends string> {
  readonly icon: IconName;
  readonly label: string;
  readonly value: Name;
  readonly names: Readonly<Record<Name, string>>;
  readonly options: readonly Name[];
  readonly onChoose: (name: Name) => void;
}

function Chooser<Name extends string>({ icon, label, value, names, options, onChoose }: ChooserProps<Name>): VNode {
  return (
    <label class="tool" title={label}>
      <Icon name={icon} />
      <span class="sr">{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value as Name)}>
        {options.map((name) => (
          <option key={name} value={name}>
            {names[name]}
          </option>
        ))}
      </select>
    </label>
  );
}
