import './env';
import { declaredSettings } from './setting';

const WIDTH = 118;

/** `.env.example`: every variable with its sentence and its default, all commented out. */
export function envExample(): string {
  const lines = [
    '# Every variable the product reads, with its default. Copy to .env and take the # from what you change.',
    '# Blank means unset. Made by `npm run docs`; do not edit.',
  ];
  let group = '';
  for (const setting of declaredSettings()) {
    if (setting.group !== group) {
      group = setting.group;
      lines.push('', `# ── ${group} ${'─'.repeat(Math.max(0, WIDTH - group.length - 6))}`);
    }
    lines.push('', ...wrapped(setting.description), `#${setting.name}=${setting.fallback ?? ''}`);
  }
  return `${lines.join('\n')}\n`;
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(/\s+/)) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
