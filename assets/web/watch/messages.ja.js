// 視聴者のページの文言（日本語）。

/** @type {import('./messages.js').Messages} */
export const messages = {
  title: '視聴 · Handlens',
  phone: 'スマートフォン',
  unnamed: 'スマートフォン',
  fullScreen: '全画面',
  small: '小窓',
  smallLabel: '最前面の小さなウィンドウで表示',
  snapshot: '撮影',
  snapshotLabel: '枠付きの画像を保存',
  snapshotSaved: '画像をダウンロードに保存しました。',
  snapshotFailed: '画像を保存できませんでした。',
  refusedByBrowser: 'ブラウザーが今はこれを許可しません。',
  detect: 'ここで検出',
  detectLabel: 'コンピューターではなくこのブラウザーで検出',
  more: '詳細',
  moreLabel: '詳細とキー',
  play: '映像を表示',
  counts: '映っているもの',
  keys: 'キー：F 全画面、P 小窓、S 撮影、D ここで検出',
  model: 'モデル',
  place: '検出の場所',
  stats: '接続',
  retryNow: '今すぐ試す',
  retry: (s) => `${s} 秒後に再試行`,
  frameRate: (n) => `${n} fps`,
  delay: (ms) => `遅れ ${ms} ms`,
  loss: (percent) => `途中で ${percent} % 欠落`,
  codeLabel: 'コンピューターが視聴者用に表示しているコードを入力',
  codeUse: 'このコードを使う',
  codeBad: 'コードは英数字 12 文字です。画面のコードと見比べてください。',

  onComputer: 'コンピューター',
  provider: { wasm: 'この端末のプロセッサー', webgpu: 'この端末のグラフィックス' },
  pace: (ms, fps) => `${Math.round(ms)} ms、${fps < 10 ? fps.toFixed(1) : Math.round(fps)} fps`,
  loading: (percent) => `モデルを読み込み中：${percent} %`,
  starting: 'モデルを起動しています…',
  slow: 'この端末は遅すぎます。1 枚に 1 秒以上かかっています。コンピューターのほうが速いかもしれません。',
  notHere: {
    noEngine: 'この Handlens にはブラウザー用のエンジンがないため、検出はコンピューターで続けます。',
    noModel: 'コンピューターには今、渡せるモデルがありません。',
    memory: 'この端末のメモリーが足りません。検出はコンピューターに戻りました。',
    engine: 'このブラウザーではエンジンが動きません。検出はコンピューターに戻りました。',
    model: 'モデルが最後まで届きませんでした。検出はコンピューターに戻りました。',
    died: 'ブラウザーが検出を終了しました。メモリー不足かもしれません。検出はコンピューターに戻りました。',
    failed: 'このブラウザーではモデルが動きません。検出はコンピューターに戻りました。',
  },

  status: {
    connecting: 'コンピューターに接続中',
    waiting: 'スマートフォンを待っています',
    live: 'ライブ',
    muted: '今は映像がありません',
    reconnecting: '接続が切れました。再接続中',
    ended: '終了',
    error: '未接続',
  },
  muted: {
    blurred: '見分けがつかないようにしているものがあるため、視聴者には映像を送りません。',
    paused: 'スマートフォンは一時停止中です。',
    other: 'コンピューターは今、映像を送っていません。',
  },

  waiting: {
    title: 'スマートフォンを待っています',
    text: '今は映像を送っているスマートフォンがありません。始まればすぐに表示します。',
  },
  hint: {
    approve: 'コンピューターがこのブラウザーについて尋ねたら、そこで許可してください。',
    full: '視聴者数が上限に達しています。再試行中…',
    locked: 'この端末から誤ったコードが多く届いたため、コンピューターが待たせています。',
    unreachable: 'コンピューターが応答しません。アプリは開いていますか。同じネットワークですか。',
    blocked: 'コンピューターは応答しますが、映像が届きません。ファイアウォールか、端末どうしを分ける' +
      'ゲスト Wi-Fi が原因かもしれません。',
    server: 'コンピューターの側で接続に問題がありました。再試行中…',
    modelLoading: 'コンピューターがモデルを読み込んでいます。まもなく枠が出ます。',
    modelFailed: 'コンピューターがモデルを読み込めなかったため、枠はありません。',
    picture: '接続しました。最初の映像を待っています…',
  },

  ended: {
    title: 'コンピューターが接続を終了しました',
    text: 'ここにはもう映像が送られません。',
    button: 'もう一度接続',
  },
  reasons: {
    'program-closed': 'コンピューターの Handlens が閉じられました。',
    'sent-away': 'コンピューターの前の人が終了しました。',
  },

  errors: {
    'no-token': {
      title: 'リンクにコードがありません',
      text: '視聴を許可するコードなしでこのページが開かれました。リンク全体を開くか、コンピューターの' +
        '「ブラウザーで見せる」に表示されるコードを読み取ってください。',
      code: true,
    },
    unauthorized: {
      title: 'このリンクはもう使えません',
      text: 'コンピューターが新しいリンクを作りました。今表示されているリンクを聞いてください。',
      code: true,
    },
    unshared: {
      title: '今は視聴できません',
      text: 'コンピューターで「ブラウザーで見せる」がオフです。オンにするよう頼んでください。',
      button: 'もう一度試す',
    },
    refused: {
      title: 'コンピューターが断りました',
      text: 'このブラウザーの視聴は許可されませんでした。コンピューターの前の人に聞いてから試してください。',
      button: 'もう一度試す',
    },
    unacceptable: {
      title: 'このブラウザーでは再生できません',
      text: 'スマートフォンが送る形式にこのブラウザーが対応していません。Chrome など別のブラウザーで' +
        '開いてください。',
      button: 'もう一度試す',
    },
    unsupported: {
      title: 'このブラウザーでは表示できません',
      text: '古すぎるか、WebRTC が無効です。新しい Chrome、Firefox、Edge、Safari で開いてください。',
    },
  },
};
