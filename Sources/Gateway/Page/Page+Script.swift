import TwinCore

extension Page {
    /// What the page does: reads the twins, reads again what an event names, and says so when it cannot.
    ///
    /// Text of devices reaches the document as text only, never as markup.
    static let script = source.replacing("KINDS", with: JSONValue.array(Fact.kinds.map { .string($0) }).text)

    private static let source = #"""
        'use strict';
        const api = '/api/v1', twins = new Map(), changed = new Set();
        const at = id => document.getElementById(id);
        const cards = new Map();
        let isPressed = false, isDrawDue = false;
        let lastAnswer = 0, isReading = false, isWholeReadDue = true, isWatching = false;

        function make(tag, text, name) {
          const node = document.createElement(tag);
          if (text !== undefined && text !== null) node.textContent = text;
          if (name) node.className = name;
          return node;
        }
        async function ask(path, options) {
          const limits = { cache: 'no-store', signal: AbortSignal.timeout(10000) };
          const answer = await fetch(api + path, { ...limits, ...options });
          const body = await answer.json();
          if (!answer.ok) throw Object.assign(new Error(body.detail || answer.statusText), { status: answer.status });
          lastAnswer = Date.now();
          return body;
        }
        function post(path, body) {
          const options = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
          return ask(path, { ...options, body: JSON.stringify(body || {}) });
        }
        function short(number) {
          return number === null ? '–' : String(Math.round(number * 1000) / 1000);
        }
        function clock(text) { return text ? new Date(text).toLocaleTimeString() : '–'; }
        function trust(word) {
          if (['excellent', 'good', 'online', 'confirmed'].includes(word)) return 'good';
          if (['error', 'critical', 'bad', 'rejected', 'offline', 'stopped'].includes(word)) return 'bad';
          return 'doubt';
        }
        function table(names, rows) {
          const node = make('table'), head = node.createTHead().insertRow();
          names.forEach(name => head.append(make('th', name)));
          const body = node.createTBody();
          rows.forEach(cells => { const row = body.insertRow(); cells.forEach(cell => row.append(cell)); });
          return node;
        }
        function sensorRow(sensor) {
          return [make('td', sensor.id), make('td', short(sensor.value) + ' ' + (sensor.unit || '')),
            make('td', sensor.quality, trust(sensor.quality)), make('td', clock(sensor.event_time))];
        }
        function actuatorRow(actuator) {
          const wish = actuator.requested, shown = actuator.confirmed, lease = actuator.lease;
          const asked = wish ? wish.command + ' ' + short(wish.value) + ' by ' + wish.issued_by : 'nothing';
          const seen = shown ? (shown.on ? 'ON ' + short(shown.value) : 'off') + ' at ' + clock(shown.at) : 'unknown';
          const until = lease ? clock(lease.ends_at) + ' (' + Math.round(lease.remaining_seconds) + ' s left)' : '–';
          return [make('td', 'pin ' + actuator.gpio + ' ' + actuator.type), make('td', asked),
            make('td', seen, shown ? (shown.on ? 'doubt' : 'good') : 'bad'), make('td', until),
            make('td', actuator.emergency, actuator.emergency === 'none' ? 'quiet' : 'bad')];
        }
        function wishRow(twin, path) {
          const property = twin.properties[path], state = property ? property.state : 'pending';
          const word = state + (property && property.why ? ': ' + property.why : '');
          return [make('td', path), make('td', word, state === 'refused' || state === 'expired' ? 'bad' : 'doubt'),
            make('td', property ? clock(property.since) : '–')];
        }
        function errorRow(error) {
          return [make('td', error.code + ' ' + error.message), make('td', error.severity, trust(error.severity)),
            make('td', String(error.count)), make('td', clock(error.last_at))];
        }
        function deviceButton(word, id, path) {
          const button = make('button', word);
          button.type = 'button';
          button.onclick = () => post('/twins/' + id + path).then(twin => { twins.set(id, twin); draw(); }, tell);
          return button;
        }
        function card(twin) {
          const node = make('article', null, twin.emergency === 'none' ? '' : 'stopped'), head = make('div', null, 'head');
          node.append(head);
          head.append(make('h2', twin.id), make('span', twin.status, trust(twin.status)),
            make('span', 'since ' + clock(twin.status_since), 'quiet'));
          if (twin.zone) head.append(make('span', 'zone ' + twin.zone, 'quiet'));
          if (twin.emergency !== 'none') head.append(make('span', 'emergency stop: ' + twin.emergency, 'bad'));
          if (twin.status === 'pending_approval') {
            head.append(deviceButton('Approve', twin.id, '/approve'), deviceButton('Reject', twin.id, '/reject'));
          } else {
            const stop = make('button', 'Stop this device');
            stop.type = 'button';
            stop.onclick = () => confirmStop({ device: twin.id }, twin.id);
            head.append(stop);
          }
          if (twin.sensors.length) node.append(table(['sensor', 'value', 'quality', 'measured'], twin.sensors.map(sensorRow)));
          if (twin.actuators.length) {
            node.append(table(['actuator', 'requested', 'confirmed', 'ends', 'emergency'], twin.actuators.map(actuatorRow)));
          }
          if (twin.delta.length) {
            const rows = twin.delta.map(path => wishRow(twin, path));
            node.append(table(['wished and not yet so', 'state', 'since'], rows));
          }
          const errors = twin.health ? twin.health.errors.slice(-5).reverse() : [];
          if (errors.length) node.append(table(['error', 'severity', 'count', 'last'], errors.map(errorRow)));
          if (twin.health && twin.health.safe_mode && twin.health.safe_mode.active) {
            head.append(make('span', 'safe mode: ' + twin.health.safe_mode.reason, 'bad'));
          }
          return node;
        }
        // Cards that did not change are kept, and nothing is drawn while a button is held, so that no click is lost.
        function draw() {
          isDrawDue = isPressed;
          if (isPressed) return;
          for (const id of [...cards.keys()]) if (!twins.has(id)) cards.delete(id);
          for (const twin of twins.values()) {
            const text = JSON.stringify(twin);
            if (cards.get(twin.id)?.text !== text) cards.set(twin.id, { text: text, node: card(twin) });
          }
          const nodes = [...cards.keys()].sort().map(id => cards.get(id).node);
          at('twins').replaceChildren(...(nodes.length ? nodes : [make('p', 'No device has spoken yet.')]));
        }
        function press(isDown) {
          isPressed = isDown;
          if (!isDown && isDrawDue) setTimeout(draw, 0);
        }
        addEventListener('pointerdown', () => press(true));
        addEventListener('pointerup', () => press(false));
        addEventListener('pointercancel', () => press(false));
        function drawLatch(report) {
          const isHeld = report.active || report.clearing.length > 0;
          at('latch').hidden = !isHeld;
          if (!isHeld) return;
          const why = report.incidents.map(one => {
            const what = one.scope === 'all' ? 'everything' : one.scope.device;
            return what + ': ' + one.reason + ' (' + one.issued_by + ', ' + clock(one.issued_at) + ')';
          }).join('; ');
          const counts = report.counts;
          at('latch-text').textContent = (why || 'released, waiting for devices to confirm') + ' — ' + counts.stopped
            + ' stopped, ' + counts.unconfirmed + ' unconfirmed, ' + counts.offline + ' offline'
            + (report.durable ? '' : ' — NOT YET ON DISK: it would not survive a restart');
          at('clear').hidden = !report.active;
        }
        function tell(error) { alert(error.message || 'no answer'); isWholeReadDue = true; }

        function decide(title, text, yes, wantsReason) {
          at('ask-title').textContent = title;
          at('ask-text').textContent = text;
          at('ask-yes').textContent = yes;
          at('ask-label').hidden = !wantsReason;
          at('ask').returnValue = 'cancel';
          at('ask').showModal();
          at(wantsReason ? 'ask-yes' : 'ask-no').focus();
          return new Promise(done => at('ask').addEventListener('close', () => done(at('ask').returnValue === 'yes'),
            { once: true }));
        }
        async function confirmStop(scope, name) {
          const text = 'Every output of ' + name + ' is switched off and stays off until the stop is released.';
          if (!await decide('Stop ' + name + '?', text, 'STOP', true)) return;
          const reason = at('ask-reason').value.trim() || 'stopped from the page';
          post('/emergency-stop', { scope: scope, reason: reason })
            .then(report => { drawLatch(report); isWholeReadDue = true; },
              error => tell(new Error('THE STOP IS NOT CONFIRMED: ' + (error.message || 'no answer'))));
        }
        at('ask-no').onclick = () => at('ask').close('cancel');
        at('stop').onclick = () => confirmStop('all', 'all devices');
        at('clear').onclick = async () => {
          const text = 'Outputs stay off; each may be commanded again once its device has confirmed.';
          if (await decide('Release the emergency stop?', text, 'Release', false)) {
            post('/emergency-stop/clear').then(drawLatch, tell);
          }
        };

        async function read() {
          if (isReading) return;
          isReading = true;
          try {
            if (isWholeReadDue) {
              isWholeReadDue = false;
              changed.clear();
              const page = await ask('/twins?limit=500');
              twins.clear();
              page.items.forEach(twin => twins.set(twin.id, twin));
              at('more').hidden = page.next_cursor === null;
              drawLatch(await ask('/emergency-stop'));
              draw();
            } else if (changed.size) {
              const ids = [...changed].slice(0, 20);
              ids.forEach(id => changed.delete(id));
              for (const id of ids) twins.set(id, await ask('/twins/' + id));
              draw();
            }
          } catch (error) {
            isWholeReadDue = true;
          } finally {
            isReading = false;
          }
        }
        function drawLink() {
          const age = Math.round((Date.now() - lastAnswer) / 1000), link = at('link');
          const isFresh = age < 15;
          link.className = isFresh && isWatching ? '' : 'lost';
          link.textContent = !isFresh ? 'NO ANSWER – what is shown may be old' + (lastAnswer ? ' (' + age + ' s)' : '')
            : isWatching ? 'live' : 'events are lost – reading every few seconds';
        }
        const kinds = KINDS;
        const events = new EventSource(api + '/events');
        events.onopen = () => { isWatching = true; isWholeReadDue = true; };
        events.onerror = () => { isWatching = false; };
        kinds.forEach(kind => events.addEventListener(kind, message => {
          const fact = JSON.parse(message.data);
          if (fact.device) changed.add(fact.device);
          if (kind.includes('stop') || kind.includes('clear') || !fact.device) isWholeReadDue = true;
        }));
        setInterval(read, 700);
        setInterval(drawLink, 500);
        setInterval(() => { isWholeReadDue = true; }, 10000);
        read();
        """#
}
