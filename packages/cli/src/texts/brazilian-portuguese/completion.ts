import type { CompletionTexts } from '../english/completion.ts';

export const completion: CompletionTexts = {
  description: 'Escreve um script que faz o shell completar comandos, opções, provedores e chaves',
  shells: {
    bash: 'O script para Bash',
    zsh: 'O script para Zsh',
    fish: 'O script para fish',
    powershell: 'O script para PowerShell',
  },
};
