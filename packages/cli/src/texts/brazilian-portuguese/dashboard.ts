import type { DashboardTexts } from '../english/dashboard.ts';

export const dashboard: DashboardTexts = {
  description: 'Abre uma página que mostra as chaves ao vivo, neste computador',
  options: {
    port: 'a porta; 0 para qualquer uma livre',
    host: 'o endereço em que a página responde',
    readOnly: 'as chaves só podem ser vistas',
    open: 'abre no navegador',
  },
  noPort: (given) => `"${given}" não é uma porta. Escreva um número inteiro de 0 a 65535, por exemplo --port 4321.`,
  portInUse: (port, other) => `A porta ${port} está em uso. Use outra: api-key-fallback dashboard --port ${other}`,
  portNotAllowed: (port) => `Este usuário não pode usar a porta ${port}. Escolha uma a partir de 1024.`,
  noHost: (host) => `Esta máquina não tem o endereço "${host}". Escreva --host 127.0.0.1, por exemplo.`,
  shortToken: (variable) =>
    `${variable} precisa ter pelo menos 16 caracteres. Crie um com: node -e "console.log(crypto.randomUUID())"`,
  ready: 'O painel está em',
  ownToken: (variable) => `Entre com o token de ${variable}.`,
  secret: 'O link já entra direto, então não o compartilhe. Ctrl-C encerra o painel.',
  end: 'Ctrl-C encerra o painel.',
  notLocal: 'Outros computadores podem acessá-lo sem criptografia. Coloque TLS na frente dele.',
  noStore:
    'Sem armazenamento, o painel só conhece este processo, que não faz chamadas. Para ver o seu serviço, informe o armazenamento dele com --redis ou --state-dir.',
  cannotOpen: 'Não foi possível abrir o navegador. Abra o link você mesmo.',
};
