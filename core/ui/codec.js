// What previews are asked for in: Opus, or FLAC where the browser does not play it, as Safari before 18.4.

function playerCodec() {
  return new Audio().canPlayType('audio/ogg; codecs="opus"') ? "opus" : "flac";
}
