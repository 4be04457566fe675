/** A provider with an adapter of ours. */
export interface KnownProvider {
  readonly name: string;
  readonly displayName: string;
  /** The variable of the first key. */
  readonly env: string;
  /** The package of its adapter. */
  readonly packageName: string;
  /** What else the package needs. */
  readonly peers: readonly string[];
  /** The name under which the package exports the adapter; absent for a server that `openAICompatible()` knows by name. */
  readonly adapterExport?: string;
  /** How its keys begin, if they do so in their own way. */
  readonly keyPattern?: RegExp;
  /** Whether each user has another address, which only a configuration can name. */
  readonly needsAddress?: true;
}

function compatible(
  name: string,
  displayName: string,
  env: string,
  more: Pick<KnownProvider, 'keyPattern' | 'needsAddress'> = {},
): KnownProvider {
  return { name, displayName, env, packageName: '@api-key-fallback/openai', peers: ['openai'], ...more };
}

/** The providers whose variables are looked at. Google's OpenAI-compatible endpoint is left out: its keys are those of Gemini. */
export const knownProviders: readonly KnownProvider[] = [
  {
    name: 'openai',
    displayName: 'OpenAI',
    env: 'OPENAI_API_KEY',
    packageName: '@api-key-fallback/openai',
    peers: ['openai'],
    adapterExport: 'openaiAdapter',
    keyPattern: /^sk-(?!ant-|or-)/,
  },
  {
    name: 'anthropic',
    displayName: 'Anthropic',
    env: 'ANTHROPIC_API_KEY',
    packageName: '@api-key-fallback/anthropic',
    peers: ['@anthropic-ai/sdk'],
    adapterExport: 'anthropicAdapter',
    keyPattern: /^sk-ant-/,
  },
  {
    name: 'gemini',
    displayName: 'Gemini',
    env: 'GEMINI_API_KEY',
    packageName: '@api-key-fallback/gemini',
    peers: ['@google/genai'],
    adapterExport: 'geminiAdapter',
    keyPattern: /^(?:AIza|AQ\.)/,
  },
  {
    name: 'youtube',
    displayName: 'YouTube',
    env: 'YOUTUBE_API_KEY',
    packageName: '@api-key-fallback/youtube',
    peers: ['@googleapis/youtube'],
    adapterExport: 'youtubeAdapter',
    keyPattern: /^AIza/,
  },
  {
    name: 'rapidapi',
    displayName: 'RapidAPI',
    env: 'RAPIDAPI_KEY',
    packageName: '@api-key-fallback/rapidapi',
    peers: [],
    adapterExport: 'rapidApiAdapter',
  },
  compatible('azure-openai', 'Azure OpenAI', 'AZURE_OPENAI_API_KEY', { needsAddress: true }),
  compatible('cerebras', 'Cerebras', 'CEREBRAS_API_KEY', { keyPattern: /^csk-/ }),
  compatible('deepseek', 'DeepSeek', 'DEEPSEEK_API_KEY'),
  compatible('fireworks', 'Fireworks AI', 'FIREWORKS_API_KEY', { keyPattern: /^fw[-_]/ }),
  compatible('groq', 'Groq', 'GROQ_API_KEY', { keyPattern: /^gsk_/ }),
  compatible('litellm', 'LiteLLM', 'LITELLM_API_KEY'),
  compatible('mistral', 'Mistral', 'MISTRAL_API_KEY'),
  compatible('moonshot', 'Moonshot AI', 'MOONSHOT_API_KEY'),
  compatible('nim', 'NVIDIA NIM', 'NVIDIA_API_KEY', { keyPattern: /^nvapi-/ }),
  compatible('ollama', 'Ollama', 'OLLAMA_API_KEY'),
  compatible('openrouter', 'OpenRouter', 'OPENROUTER_API_KEY', { keyPattern: /^sk-or-/ }),
  compatible('together', 'Together AI', 'TOGETHER_API_KEY'),
  compatible('vllm', 'vLLM', 'VLLM_API_KEY'),
  compatible('xai', 'xAI', 'XAI_API_KEY', { keyPattern: /^xai-/ }),
];
