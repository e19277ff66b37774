// What lanes that run side by side print: one of them as it comes, each other one as a block when it has
// ended.
//
// The lane that is shown is the one of the first track that is not done; the tracks are in `lanes.ts`.

/** Where one lane's lines go. */
export interface Page {
  readonly lane: string;
  say(line: string): void;
  /** The lane has ended: what was held back is printed. */
  end(): void;
}

export interface Output {
  /** A lane begins. */
  begin(track: number, lane: string, about: string): Page;
  /** No lane follows on this track. */
  endTrack(track: number): void;
  /** Prints what is held back of lanes that run: nothing comes after it. */
  flush(): void;
  /** The lanes that run. */
  lanes(): string[];
}

interface Open extends Page {
  track: number;
  held: string[];
}

/** Output for so many tracks. */
export function makeOutput(tracks: number, print: (line: string) => void = console.log): Output {
  const open = new Set<Open>();
  const done = new Set<number>();
  const shownTrack = (): number =>
    Array.from({ length: tracks }, (_, i) => i).find((i) => !done.has(i)) ?? -1;

  function flush(page: Open): void {
    for (const line of page.held.splice(0)) print(line);
  }

  function end(page: Open): void {
    open.delete(page);
    if (page.held.length === 0) return;
    flush(page);
    const shown = [...open].find(({ track }) => track === shownTrack());
    if (shown !== undefined) print(`\n── ${shown.lane}, continued`);
  }

  return {
    begin(track, lane, about) {
      const page: Open = {
        track,
        lane,
        held: [],
        say: (line) => void (track === shownTrack() ? print(line) : page.held.push(line)),
        end: () => end(page),
      };
      open.add(page);
      if (track !== shownTrack()) print(`── ${lane} begins, beside the others`);
      page.say(`\n── ${lane}: ${about}`);
      return page;
    },
    endTrack(track) {
      done.add(track);
      for (const page of open) if (page.track === shownTrack()) flush(page);
    },
    flush: () => open.forEach(flush),
    lanes: () => [...open].map(({ lane }) => lane),
  };
}
