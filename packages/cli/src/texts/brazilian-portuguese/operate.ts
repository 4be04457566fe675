import type { OperateTexts } from '../english/operate.ts';

export const operate: OperateTexts = {
  descriptions: {
    reset: 'Limpa as falhas de uma chave, ou de todas as chaves de um provedor',
    disable: 'Desativa uma chave até que seja ativada de novo',
    enable: 'Torna disponível de novo uma chave desativada ou em espera',
  },
  arguments: {
    provider: 'o nome do provedor, como openai; com um pool, openai/tenant-a',
    key: 'o rótulo da chave, a posição a partir de 1, ou o id',
  },
  options: {
    actor: 'quem faz, para os eventos (padrão: seu nome de usuário)',
    yes: 'não pergunta antes de limpar todas as chaves',
  },
  done: {
    reset: (provider, label) => `${provider}: falhas de ${label} limpas.`,
    disable: (provider, label) => `${provider}: ${label} desativada.`,
    enable: (provider, label) => `${provider}: ${label} ativada.`,
  },
  shared: (place) => `Gravado em ${place}; os processos que o compartilham ficam sabendo na hora.`,
  noStore:
    'Isto precisa de um armazenamento que o seu serviço também use: sem ele, o estado das chaves fica só dentro do processo. Informe com --state-dir (API_KEY_STATE_DIR) ou --redis.',
  noManager: (name, closest, names) =>
    `Não há chaves de "${name}".${closest === undefined ? '' : ` Você quis dizer ${closest}?`} Existem: ${names}.`,
  manyPools: (name, names) => `"${name}" tem vários pools. Informe um: ${names}.`,
  noKey: (provider, choice, closest, keys) =>
    `${provider} não tem a chave "${choice}".${closest === undefined ? '' : ` Você quis dizer ${closest}?`} Chaves:\n${keys}`,
  manyKeys: (choice, keys) => `Várias chaves têm o rótulo "${choice}". Informe uma pela posição:\n${keys}`,
  needsYes: 'Informe uma chave, ou acrescente --yes para limpar todas as chaves do provedor.',
  confirmAll: (provider, count) =>
    count === 1 ? `Limpar as falhas da chave de ${provider}?` : `Limpar as falhas das ${count} chaves de ${provider}?`,
  yes: 'Sim',
  no: 'Não',
  notDone: 'Nada foi alterado.',
};
