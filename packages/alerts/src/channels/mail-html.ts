import type { Notification } from '../model/notification.ts';
import { describeNotification } from '../texts/describe-notification.ts';
import { phrasesOf } from '../texts/phrases-of.ts';
import { tagOf } from '../texts/tag-of.ts';
import { toneOf, type Tone } from './tone-of.ts';

/** White text is legible on each of them, and each of them is seen on white and on black. */
const colours: Readonly<Record<Tone, string>> = {
  critical: '#c62828',
  warning: '#a35200',
  info: '#1565c0',
  good: '#2e7d32',
};

const font = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const filled = 'border-radius:4px;color:#ffffff;font-weight:600;text-decoration:none;display:inline-block';

/**
 * Returns a notification as an HTML page for mails.
 *
 * Apart from the coloured parts it sets no colours: text and background are those of the reader, in light and in dark.
 */
export function mailHtml(notification: Notification): string {
  const { title, sections, keys, link } = describeNotification(notification);
  const phrases = phrasesOf(notification);
  const colour = colours[toneOf(notification)];
  const parts = [
    `<p style="margin:0 0 12px"><span style="${filled};background:${colour};padding:2px 10px;font-size:14px">${escape(tagOf(notification))}</span></p>`,
    `<h1 style="margin:0 0 20px;font-size:22px;line-height:1.3">${escape(title)}</h1>`,
    ...sections.map(({ heading, text }) => headingHtml(heading) + `<p style="margin:0 0 16px">${escape(text)}</p>`),
    ...(keys.length === 0 ? [] : [headingHtml(phrases.keys), `<ul style="margin:0 0 16px;padding:0 0 0 20px">`]),
    ...keys.map(
      ({ label, masked, text }) =>
        `<li style="margin:0 0 8px"><strong>${escape(label)}</strong> <code>${escape(masked)}</code><br>${escape(text)}</li>`,
    ),
    ...(keys.length === 0 ? [] : ['</ul>']),
    ...(link === undefined
      ? []
      : [
          `<p style="margin:24px 0 0"><a href="${escape(link)}" style="${filled};background:#1565c0;padding:10px 16px">${phrases.dashboard}</a></p>`,
        ]),
  ];
  return `<!doctype html>
<html lang="${notification.locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escape(title)}</title>
</head>
<body style="margin:0;padding:24px 16px;${font};font-size:16px;line-height:1.5">
<div style="max-width:600px;margin:0 auto;border-top:4px solid ${colour};padding-top:20px;overflow-wrap:anywhere">
${parts.join('\n')}
</div>
</body>
</html>
`;
}

function headingHtml(text: string): string {
  return `<h2 style="margin:0 0 2px;font-size:16px">${escape(text)}</h2>`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '<br>');
}
