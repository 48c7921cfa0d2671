/** Control characters, those of terminals among them, as visible escapes; line ends and tabs stay. */
export const printable = (text: string): string =>
  text.replace(/[^\P{Cc}\t\n]/gu, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return `\\u${code.padStart(4, '0')}`;
  });
