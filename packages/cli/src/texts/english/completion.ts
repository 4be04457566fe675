import type { Shell } from '../../completion/shell-scripts.ts';

/** What `completion` says. */
export const completion = {
  description: 'Write a script that lets a shell complete commands, options, providers and keys',
  shells: {
    bash: 'The script for Bash',
    zsh: 'The script for Zsh',
    fish: 'The script for fish',
    powershell: 'The script for PowerShell',
  } as Readonly<Record<Shell, string>>,
};

export type CompletionTexts = typeof completion;
