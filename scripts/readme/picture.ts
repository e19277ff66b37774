// The README's program, and the two variants of its picture: a page chooses one by its own theme, where the
// style sheet in the picture would follow the system's.

/** Returns the first TypeScript program of a page, importing the SDK by the repository's name for it. */
export function programIn(markdown: string): string {
  const [, code = ""] = /```ts\n([^]*?)```/.exec(markdown) ?? [];
  return code.replace('"kafka-failure-lab"', '"@kafka-failure-lab/sdk"');
}

const DARK = /@media \(prefers-color-scheme: dark\)\{.*\}(?=<\/style>)/;

/** Returns a picture that is light on every page. */
export function lightVariant(svg: string): string {
  return svg.replace(DARK, "");
}

/** Returns a picture that is dark on every page: its style sheet's colours in place of the attributes'. */
export function darkVariant(svg: string): string {
  const [sheet = ""] = DARK.exec(svg) ?? [];
  const rules = [...sheet.matchAll(/\[fill="(#\w+)"\]\{fill:(#\w+)\}/g)];
  const dark = new Map(rules.map(([, from, to]) => [from!, to!]));
  return lightVariant(svg).replace(
    /\b(fill|stroke|color)="(#\w+)"/g,
    (_, name: string, colour: string) => `${name}="${dark.get(colour) ?? colour}"`,
  );
}
