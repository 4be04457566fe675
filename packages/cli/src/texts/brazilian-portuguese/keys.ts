import type { KeysTexts } from '../english/keys.ts';

export const keys: KeysTexts = {
  description: 'Mostra de onde vem cada chave e o que parece errado nela; não consulta nenhum provedor',
  options: { strict: 'sai com código 1 se algo parecer errado' },
  columns: { provider: 'PROVEDOR', key: 'CHAVE', masked: 'MASCARADA', from: 'ORIGEM' },
  origins: { environment: 'ambiente', file: 'arquivo', configuration: 'configuração' },
  mistakes: {
    repeated: (label, other) => `${label} é a mesma chave que ${other}, por isso não é usada.`,
    'repeated-elsewhere': (label, other) => `${label} é a mesma chave que ${other}: as duas gastam os mesmos limites.`,
    empty: (label) => `${label} está definida, mas vazia.`,
    gap: (label) => `${label} não está definida, mas há um número maior. Alguma chave se perdeu?`,
    'joined-number': (label, other) => `${label} não é lida. Renomeie para ${other}.`,
    pattern: (label, other) =>
      other === '' ? `${label} não parece uma chave desse provedor.` : `${label} parece uma chave de ${other}.`,
    placeholder: (label) => `${label} é um texto de exemplo, não uma chave.`,
    quotes: (label) => `${label} tem aspas no valor. Remova-as.`,
    spaces: (label) => `${label} tem espaços no valor. Remova-os.`,
  },
  summary: (count, mistakes) => {
    const found = count === 1 ? '1 chave' : `${count} chaves`;
    if (mistakes === 0) return `${found}; nada parece errado.`;
    return `${found}; ${mistakes === 1 ? '1 coisa parece errada' : `${mistakes} coisas parecem erradas`}.`;
  },
};
