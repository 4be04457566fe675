import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

const pauseMs = 200;

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onSearch: (text: string) => void;
}

/** A field that searches when its text has not changed for a moment: each search is a new view for the server. */
export function SearchField({ label, value, onSearch }: SearchFieldProps): VNode {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  // The address may change without this field, for example by "Clear the filter".
  useEffect(() => {
    clearTimeout(timer.current);
    setText(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onSearch(next), pauseMs);
  };
  return (
    <label class="input">
      <Icon name="search" />
      <span class="sr">{label}</span>
      <input
        type="search"
        placeholder={label}
        value={text}
        maxLength={100}
        onInput={({ currentTarget }) => change(currentTarget.value)}
      />
    </label>
  );
}
