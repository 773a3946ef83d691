/** A page to ring from: one form, and the calls there are. */
export const page = (): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sandbox carrier</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem}
label{display:inline-block;margin:0 1rem .5rem 0}input{font:inherit;padding:.2rem .4rem}table{border-collapse:collapse;width:100%}
td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ddd}button{font:inherit}</style></head><body>
<h1>Ring the call centre</h1>
<form id="f"><label>From <input name="from" value="+966501234567"></label>
<label>Press <input name="press" size="2" placeholder="2"></label>
<label>or say <input name="say" placeholder="I have a problem"></label>
<label>hang up after <input name="hang_up_after" size="3"> s</label><button>Ring</button></form>
<table><thead><tr><th>From</th><th>To</th><th>Status</th><th></th></tr></thead><tbody id="calls"></tbody></table>
<p id="problems"></p>
<script>
const send=(path,body)=>fetch(path,{method:'POST',headers:{'content-type':'application/json'},body:JSON.stringify(body||{})}).then(show);
document.getElementById('f').onsubmit=(e)=>{e.preventDefault();send('/calls',Object.fromEntries(new FormData(e.target)))};
async function show(){const{calls,problems}=await (await fetch('/calls')).json();
const rows=calls.map((c)=>{const tr=document.createElement('tr');
for(const t of[c.from,c.to,c.status]){const td=document.createElement('td');td.textContent=t;tr.append(td)}
const td=document.createElement('td');if(!c.end_time)for(const[n,a,b]of[['Press 1','press',{digit:'1'}],['Hang up','hang-up',{}]]){
const x=document.createElement('button');x.textContent=n;x.onclick=()=>send('/calls/'+c.sid+'/'+a,b);td.append(x)}tr.append(td);return tr});
document.getElementById('calls').replaceChildren(...rows);document.getElementById('problems').textContent=problems.slice(-3).join(' · ')}
show();setInterval(show,1000);
</script></body></html>`;
