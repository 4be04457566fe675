/** What the first service of a provider does. */
export interface ServiceRecipe {
  /** The class of its key manager. */
  readonly managerClass: string;
  /** The name of the class, and of the object that is made of it. */
  readonly className: string;
  readonly objectName: string;
  readonly methodName: string;
  /** The options of the decorator besides `provider`. */
  readonly options: string;
  /** What the method receives in the place of the key: a client, or the key itself. */
  readonly injected: { readonly name: string; readonly type: 'ApiClient' | 'ApiKey' };
  readonly parameter: string;
  readonly returns: string;
  /** What the method needs of the adapter's package. */
  readonly imported?: readonly string[];
  /** The body of the method. */
  readonly body: readonly string[];
  /** The argument with which it is tried. */
  readonly example: string;
}

/** The providers for which `init` writes a service, by name. */
export const serviceRecipes: Readonly<Record<string, ServiceRecipe>> = {
  openai: {
    managerClass: 'OpenAIKeyManager',
    className: 'ChatService',
    objectName: 'chat',
    methodName: 'ask',
    options: "inject: 'client'",
    injected: { name: 'openai', type: 'ApiClient' },
    parameter: 'prompt',
    returns: 'string',
    body: [
      "const response = await openai.responses.create({ model: 'gpt-5.6', input: prompt });",
      'return response.output_text;',
    ],
    example: 'Hello, how are you?',
  },
  anthropic: {
    managerClass: 'AnthropicKeyManager',
    className: 'ClaudeService',
    objectName: 'claude',
    methodName: 'ask',
    options: "inject: 'client'",
    injected: { name: 'anthropic', type: 'ApiClient' },
    parameter: 'prompt',
    returns: 'string',
    body: [
      'const { content } = await anthropic.messages.create({',
      "  model: 'claude-sonnet-5',",
      '  max_tokens: 1024,',
      "  messages: [{ role: 'user', content: prompt }],",
      '});',
      "return content.map((block) => (block.type === 'text' ? block.text : '')).join('');",
    ],
    example: 'Hello, how are you?',
  },
  gemini: {
    managerClass: 'GeminiKeyManager',
    className: 'GeminiService',
    objectName: 'gemini',
    methodName: 'ask',
    // The quota of Gemini is counted by model.
    options: "inject: 'client', operation: 'gemini-3.6-flash'",
    injected: { name: 'client', type: 'ApiClient' },
    parameter: 'prompt',
    returns: 'string',
    body: [
      "const response = await client.models.generateContent({ model: 'gemini-3.6-flash', contents: prompt });",
      "return response.text ?? '';",
    ],
    example: 'Hello, how are you?',
  },
  youtube: {
    managerClass: 'YouTubeKeyManager',
    className: 'VideoService',
    objectName: 'videos',
    methodName: 'titleOf',
    options: "inject: 'client', operation: 'videos.list'",
    injected: { name: 'youtube', type: 'ApiClient' },
    parameter: 'videoId',
    returns: 'string',
    body: [
      "const { data } = await youtube.videos.list({ part: ['snippet'], id: [videoId] });",
      "return data.items?.[0]?.snippet?.title ?? 'not found';",
    ],
    example: 'jNQXAC9IVRw',
  },
  rapidapi: {
    managerClass: 'RapidApiKeyManager',
    className: 'WeatherService',
    objectName: 'weather',
    methodName: 'today',
    // The quota of RapidAPI is counted by host.
    options: "operation: 'weatherapi-com.p.rapidapi.com'",
    injected: { name: 'apiKey', type: 'ApiKey' },
    parameter: 'city',
    returns: 'unknown',
    imported: ['rapidApiFetch'],
    body: [
      "const host = 'weatherapi-com.p.rapidapi.com';",
      'const response = await rapidApiFetch(host, `/current.json?q=${encodeURIComponent(city)}`, { apiKey });',
      'return response.json();',
    ],
    example: 'São Paulo',
  },
};
