/** Tables of events that a site may declare values for. */
export type Table = "contact" | "issue" | "outcome" | "signpost" | "search" | "download";
/** What the visitor has chosen on this device, as a page may know it. */
export interface State {
    /** Purposes the visitor said yes to; empty for No; null while nothing was chosen. */
    choices: readonly string[] | null;
    /** Purposes in force now: empty when the browser's signal refuses and the visitor has not overridden it. */
    allowed: readonly string[];
    /** Whether the browser sends Global Privacy Control or Do Not Track. */
    signal: boolean;
}
/** Events of the snippet. `ready` is told once, and at once to whoever asks later. */
export type EventName = "ready" | "change";
/** `window.footfall`, once footfall.js has loaded. */
export interface Footfall {
    /** Counts one declared value, at most once a visit. Does nothing unless the visitor said yes. */
    event(table: Table, value: string): void;
    /** Opens the choices in a dialog. */
    open(): Promise<void>;
    /** Tells what has been chosen. */
    get(): State;
    /** Chooses on the visitor's behalf: a yes is taken only within a press of theirs. */
    set(choices: readonly string[]): Promise<void>;
    /** Forgets the choice and asks again. */
    reset(): void;
    /** Calls listener on each event; what the answer brings ends that. */
    on(name: EventName, listener: (state: State) => void): Promise<() => void>;
    /** Runs one call kept from before the snippet had loaded: `["event", "contact", "webchat"]`. */
    push(call: QueuedCall): void;
}
/** A call made before the snippet has loaded: `(window.footfall ||= []).push(["event", "contact", "webchat"])`. */
export type QueuedCall = ["event", Table, string] | ["open"] | ["set", readonly string[]] | ["reset"] | ["on", EventName, (state: State) => void];
/** What the snippet must know to start; the script tag gives it. */
export interface Options {
    /** Key of the site: data-site of the tag. */
    site: string;
    /** Address under which the collector's /v1 lies, without a slash at the end. */
    base: string;
    /** Counts visits of automated browsers too, for tests: data-allow-automation of the tag. */
    automation?: boolean;
    /** Traces on the device could endanger a visitor: data-safeguarding of the tag. */
    safeguarding?: boolean;
}
/** Starts the snippet on this page: the first call starts it, a later one answers the same. */
export type Start = (options: Options) => Footfall;
declare global {
    interface Window {
        footfall?: Footfall | QueuedCall[];
    }
}
export declare const start: Start;
