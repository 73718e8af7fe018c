"""The blind test of the listening report: A, B and X, ten trials, the binomial result; no network."""

from __future__ import annotations

from math import comb

TRIALS = 10


def chance(right: int, trials: int = TRIALS) -> float:
    """Return how likely guessing gets at least so many of the trials right."""
    return float(sum(comb(trials, k) for k in range(right, trials + 1)) / 2**trials)


CHANCES = [round(chance(right), 4) for right in range(TRIALS + 1)]
SCRIPT = (
    f"const TRIALS={TRIALS},CHANCES={CHANCES};"
    + """
for(const box of document.querySelectorAll('.abx')){
  const [a,b]=box.closest('section').querySelectorAll('audio');
  let x,right=0,done=0,began=false;
  const out=box.querySelector('output'),button=k=>box.querySelector(`[data-do=${k}]`);
  const draw=()=>{x=crypto.getRandomValues(new Uint8Array(1))[0]&1?b:a};
  const play=one=>{
    const at=Math.max(a.paused?0:a.currentTime,b.paused?0:b.currentTime);
    for(const other of document.querySelectorAll('audio'))other.pause();
    one.currentTime=at<one.duration?at:0;one.play().catch(()=>{})};  // a pause in time ends it

  const hide=on=>{for(const one of[a,b])one.controls=!on};
  const say=()=>{out.textContent=done<TRIALS?`Trial ${done+1} of ${TRIALS}: is X A or B?`
    :`${right} of ${TRIALS} right. Guessing does as well in ${(100*CHANCES[right]).toFixed(1)} % of tests: `+
     (CHANCES[right]<=.05?'you hear the difference.':'no difference is shown.')};
  const enable=()=>{for(const k of['x','is-a','is-b'])button(k).disabled=!began||done>=TRIALS};
  button('start').onclick=()=>{right=done=0;began=true;draw();hide(true);say();enable()};
  button('a').onclick=()=>play(a);button('b').onclick=()=>play(b);button('x').onclick=()=>play(x);
  const answer=one=>{right+=one===x;done++;draw();say();enable();if(done>=TRIALS){hide(false);began=false}};
  button('is-a').onclick=()=>answer(a);button('is-b').onclick=()=>answer(b);
  enable();
}
"""
)
BOX = (
    "<div class=abx><button data-do=start>Start ABX</button> <button data-do=a>A</button> "
    "<button data-do=b>B</button> <button data-do=x>X</button> <button data-do=is-a>X is A</button> "
    "<button data-do=is-b>X is B</button> <output aria-live=polite>Ten trials; A is before, B is after, "
    "both equally loud.</output></div>"
)
