import {hoisted, live, K} from './live_bindings.mjs'; export const b='B'; export const callA=()=>hoisted(); export function later(){ return live; }
try{ console.log(live); }catch(e){ console.log('TDZ', e.constructor.name); } try{ new K }catch(e){ console.log('TDZ class', e.constructor.name); } console.log('early', hoisted());
