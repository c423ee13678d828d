// Package sdkjs holds the built snippet, so that the collector serves the very
// files that are committed in dist/ and needs nothing beside its binary.
//
// The sources are in src/; `node sdk-js/build.mjs` makes dist/ from them, and
// the same command with --check fails when the two differ.
package sdkjs

import (
	"embed"
)

// Script is footfall.js, the file that a charity's script tag loads: minified
// UTF-8, an immediately invoked function. It must not be changed.
//
//go:embed dist/footfall.js
var Script []byte

// Count is footfall-count.js: the counting alone, in the same form.
//
//go:embed dist/footfall-count.js
var Count []byte

// Screens is footfall-screens.js: the ECMAScript module that Script loads when
// it is needed, from footfall-screens.js?{integrity}.
//
//go:embed dist/footfall-screens.js
var Screens []byte

// Module is footfall.esm.js: the same snippet as an ECMAScript module, for
// sites that bundle their own scripts. It must not be changed.
//
//go:embed dist/footfall.esm.js
var Module []byte

// Style is the style sheet of the boxes that the snippet draws, minified: it is
// served with the banner, so that the script need not carry it.
//
//go:embed dist/footfall.css
var Style string

// Types is footfall.d.ts: the TypeScript declarations of both.
//
//go:embed dist/footfall.d.ts
var Types []byte

// Words has the words of the screens: src/i18n/en.json is English, and every
// other language has the same keys.
//
//go:embed src/i18n/*.json
var Words embed.FS
