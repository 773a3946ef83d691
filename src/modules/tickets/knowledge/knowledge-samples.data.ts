/** One article in both languages: its topic, department, tags, and for each language the title and the text. */
export interface SampleArticle {
  key: string;
  topic: string;
  department: string;
  tags: string[];
  en: [title: string, body: string];
  ar: [title: string, body: string];
}

/** What a call centre for energy, insurance and complaints looks up all day. */
export const SAMPLE_ARTICLES: readonly SampleArticle[] = [
  {
    key: 'high-bill',
    topic: 'billing',
    department: 'reception',
    tags: ['bill', 'meter'],
    en: [
      'A bill that is higher than usual',
      'Compare the meter reading on the bill with the meter itself: an estimated reading is marked with E. If the bill was estimated too high, take the real reading from the customer and ask for a corrected bill, which comes within five working days. If the reading is right, explain the tariff and the usage of the last three months.',
    ],
    ar: [
      'فاتورة أعلى من المعتاد',
      'قارن قراءة العداد في الفاتورة مع العداد نفسه، فالقراءة التقديرية عليها حرف E. إذا كانت الفاتورة تقديرية ومرتفعة فخذ القراءة الفعلية من العميل واطلب فاتورة مصححة تصدر خلال خمسة أيام عمل. وإذا كانت القراءة صحيحة فاشرح التعرفة والاستهلاك في آخر ثلاثة أشهر.',
    ],
  },
  {
    key: 'bill-copy',
    topic: 'billing',
    department: 'reception',
    tags: ['invoice', 'copy'],
    en: [
      'Copy of an invoice and what its lines mean',
      'Every invoice of the last 24 months can be sent again by e-mail from the customer page. The service fee covers metering and support. A line that the customer does not recognise is checked against the visits and orders of that month before it is taken off.',
    ],
    ar: [
      'نسخة من الفاتورة ومعنى بنودها',
      'يمكن إرسال نسخة من أي فاتورة خلال آخر 24 شهرا بالبريد الإلكتروني من صفحة العميل. رسوم الخدمة تشمل القياس والدعم. البند الذي لا يعرفه العميل يراجع مع زيارات وطلبات ذلك الشهر قبل حذفه.',
    ],
  },
  {
    key: 'payment-methods',
    topic: 'payment',
    department: 'reception',
    tags: ['card', 'instalments', 'transfer'],
    en: [
      'Ways to pay, declined cards and instalments',
      'Customers pay by card, bank transfer or direct debit. When a card is declined, ask the customer to check its expiry date and limit with the bank and offer a payment link or a transfer. Amounts above 100 can be split into three monthly instalments without a fee; service is not cut off while a plan is kept.',
    ],
    ar: [
      'طرق الدفع والبطاقة المرفوضة والتقسيط',
      'يدفع العميل بالبطاقة أو بالتحويل البنكي أو بالخصم المباشر. إذا رفضت البطاقة فاطلب من العميل التأكد من تاريخ الانتهاء والحد لدى البنك واعرض رابط سداد أو تحويلا. يمكن تقسيط المبلغ فوق 100 على ثلاث دفعات شهرية بدون رسوم ولا تقطع الخدمة أثناء التقسيط.',
    ],
  },
  {
    key: 'refund-time',
    topic: 'refund',
    department: 'complaints',
    tags: ['refund', 'money back'],
    en: [
      'When a refund arrives',
      'A refund goes back to the card or account that paid. It is released within three working days after the return is booked and takes up to ten more at the bank. If fourteen days have passed, open a ticket for the finance team with the order number and the date of the return.',
    ],
    ar: [
      'متى يصل استرداد المبلغ',
      'يعود المبلغ المسترد إلى البطاقة أو الحساب الذي دفع منه. يصرف الاسترداد خلال ثلاثة أيام عمل من تسجيل الإرجاع وقد يأخذ البنك عشرة أيام أخرى. إذا مر أكثر من أربعة عشر يوما فافتح تذكرة للمالية مع رقم الطلب وتاريخ الإرجاع.',
    ],
  },
  {
    key: 'cancel-contract',
    topic: 'cancellation',
    department: 'sales',
    tags: ['contract', 'cancel', 'notice'],
    en: [
      'Cancelling a contract or a policy',
      'A contract can be cancelled free of charge within the cooling-off period of 14 days. After that the notice period is 30 days and a fee applies only during a fixed term. Confirm the end date in writing, and ask for the reason before the cancellation is entered.',
    ],
    ar: [
      'إلغاء العقد أو الاشتراك أو الوثيقة',
      'يمكن إلغاء العقد مجانا خلال فترة التراجع وهي 14 يوما. بعد ذلك مدة الإشعار 30 يوما ولا تطبق رسوم الإلغاء إلا خلال المدة الثابتة. أكد تاريخ الانتهاء كتابيا واسأل عن السبب قبل تسجيل الإلغاء.',
    ],
  },
  {
    key: 'solar-quote',
    topic: 'quote',
    department: 'sales',
    tags: ['solar', 'battery', 'price'],
    en: [
      'Prices for solar panels and batteries',
      'A price for solar panels depends on the roof, the yearly usage and whether a battery is wanted. Take the address, the last bill and the roof type, and book a free survey; the written offer follows within two working days. Prices given on the phone are not binding.',
    ],
    ar: [
      'أسعار الألواح الشمسية والبطاريات',
      'سعر الألواح الشمسية يعتمد على السطح والاستهلاك السنوي والحاجة إلى بطارية. خذ العنوان وآخر فاتورة ونوع السطح واحجز معاينة مجانية، ويصل العرض المكتوب خلال يومي عمل. الأسعار على الهاتف غير ملزمة.',
    ],
  },
  {
    key: 'insurance-quote',
    topic: 'quote',
    department: 'sales',
    tags: ['insurance', 'car', 'home', 'price'],
    en: [
      'Insurance offers for car, home and family',
      'For a car insurance price take the model, the year and the age of the driver; for home contents the sum insured; for medical cover the ages of the family. The offer is valid for 30 days and is sent by e-mail with the terms of cover.',
    ],
    ar: [
      'عروض تأمين السيارة والمنزل والعائلة',
      'لعرض سعر تأمين السيارة خذ الطراز وسنة الصنع وعمر السائق، ولتأمين المنزل قيمة المحتويات، وللتأمين الطبي أعمار أفراد العائلة. العرض صالح 30 يوما ويرسل بالبريد الإلكتروني مع شروط التغطية.',
    ],
  },
  {
    key: 'file-claim',
    topic: 'claim',
    department: 'complaints',
    tags: ['claim', 'accident', 'damage'],
    en: [
      'Reporting an accident or damage and filing a claim',
      'First ask whether anybody is hurt. A claim is reported within 48 hours of the accident with the policy number, photos of the damage, the police report if there is one, and the details of the other driver. The customer gets a claim number at once and a call from the assessor within two working days.',
    ],
    ar: [
      'الإبلاغ عن حادث أو ضرر وتقديم مطالبة',
      'اسأل أولا هل هناك مصاب. تقدم المطالبة خلال 48 ساعة من الحادث مع رقم الوثيقة وصور الضرر وتقرير المرور إن وجد وبيانات الطرف الآخر. يحصل العميل على رقم المطالبة فورا ويتصل به المقيم خلال يومي عمل.',
    ],
  },
  {
    key: 'claim-status',
    topic: 'claim',
    department: 'complaints',
    tags: ['claim', 'status', 'assessment'],
    en: [
      'Status of a claim and how long the assessment takes',
      'Look the claim up by its number. The assessment takes ten working days once all documents are in; a missing document is the usual reason for waiting. Tell the customer which step the claim is in and which documents are still needed, and set a date for the next call.',
    ],
    ar: [
      'حالة المطالبة ومدة التقييم',
      'ابحث عن المطالبة برقمها. يستغرق التقييم عشرة أيام عمل بعد اكتمال المستندات، والمستند الناقص هو سبب الانتظار المعتاد. أخبر العميل في أي مرحلة المطالبة وما المستندات الناقصة وحدد موعد الاتصال التالي.',
    ],
  },
  {
    key: 'no-power',
    topic: 'outage',
    department: 'complaints',
    tags: ['inverter', 'power cut', 'offline'],
    en: [
      'No power, or an inverter that is off',
      'Ask whether neighbours have power: if not, it is a power cut of the network and the status page gives the time of repair. Otherwise have the customer check the main breaker, switch the inverter off for five minutes and on again. If it stays off, book an engineer; a home with medical equipment or small children goes first.',
    ],
    ar: [
      'انقطاع الكهرباء أو توقف العاكس',
      'اسأل هل الكهرباء موجودة عند الجيران: إذا لم تكن فهو انقطاع في الشبكة وصفحة الحالة تبين وقت الإصلاح. وإلا فاطلب من العميل فحص القاطع الرئيسي وإطفاء العاكس خمس دقائق ثم تشغيله. إذا بقي متوقفا فاحجز فنيا، والأولوية لمن لديه أجهزة طبية أو أطفال.',
    ],
  },
  {
    key: 'smoke-smell',
    topic: 'outage',
    department: 'complaints',
    tags: ['safety', 'smoke', 'fire'],
    en: [
      'Smoke, sparks or a burning smell',
      'Safety first: everybody leaves the room and nobody touches the inverter or the meter. If there is fire or smoke, the customer calls the emergency services before anything else. Only if it is safe, switch off the main breaker; then hand the call to the duty engineer at once.',
    ],
    ar: [
      'دخان أو شرار أو رائحة حريق',
      'السلامة أولا: يخرج الجميع من المكان ولا يلمس أحد العاكس أو العداد. إذا كان هناك حريق أو دخان يتصل العميل بالطوارئ قبل أي شيء. ولا يطفأ القاطع الرئيسي إلا إذا كان ذلك آمنا، ثم حول المكالمة إلى المهندس المناوب فورا.',
    ],
  },
  {
    key: 'parcel-late',
    topic: 'delivery',
    department: 'complaints',
    tags: ['parcel', 'tracking', 'late'],
    en: [
      'A parcel that has not arrived',
      'Check the tracking number first. If the parcel has not moved for five working days, open a search with the carrier and tell the customer that it takes three days. After that the order is sent again free of charge or paid back, as the customer wishes.',
    ],
    ar: [
      'طرد لم يصل',
      'تحقق أولا من رقم التتبع. إذا لم يتحرك الطرد خمسة أيام عمل فافتح بحثا لدى شركة الشحن وأخبر العميل أنه يستغرق ثلاثة أيام. بعد ذلك يعاد إرسال الطلب مجانا أو يرد المبلغ كما يريد العميل.',
    ],
  },
  {
    key: 'wrong-item',
    topic: 'delivery',
    department: 'complaints',
    tags: ['return', 'exchange', 'damaged'],
    en: [
      'Wrong or damaged item: exchange and return',
      'Ask for a photo of the item and its label. A wrong, broken or damaged item is collected free of charge and replaced within five working days. The return is possible within 30 days; the packaging helps but is not needed.',
    ],
    ar: [
      'قطعة خاطئة أو مكسورة: الاستبدال والإرجاع',
      'اطلب صورة للقطعة وملصقها. القطعة الخاطئة أو المكسورة أو التالفة تستلم من العميل مجانا وتستبدل خلال خمسة أيام عمل. الإرجاع ممكن خلال 30 يوما، والتغليف يساعد لكنه غير مطلوب.',
    ],
  },
  {
    key: 'book-visit',
    topic: 'appointment',
    department: 'reception',
    tags: ['visit', 'engineer', 'reschedule'],
    en: [
      'Booking, moving and missed visits of an engineer',
      'Visits are booked from Sunday to Thursday in slots of three hours and can be moved free of charge until the day before. When the engineer did not come, apologise, offer the first free slot of the next day and note the missed visit, which earns a credit.',
    ],
    ar: [
      'حجز زيارة الفني وتغييرها والزيارة الفائتة',
      'تحجز الزيارات من الأحد إلى الخميس في فترات من ثلاث ساعات ويمكن تغيير الموعد مجانا حتى اليوم السابق. إذا لم يأت الفني فاعتذر واعرض أول موعد متاح في اليوم التالي وسجل الزيارة الفائتة فلها تعويض.',
    ],
  },
  {
    key: 'change-details',
    topic: 'account',
    department: 'reception',
    tags: ['address', 'e-mail', 'contract copy'],
    en: [
      'Changing address, telephone or e-mail, and copies of the contract',
      'Confirm the identity of the customer with the date of birth and the last payment before anything is changed. A new address, telephone number or e-mail is active at once; moving house also needs the meter reading of the day. A copy of the signed contract is sent to the e-mail on file.',
    ],
    ar: [
      'تغيير العنوان أو الجوال أو البريد ونسخة العقد',
      'تأكد من هوية العميل بتاريخ الميلاد وآخر دفعة قبل أي تغيير. العنوان الجديد أو رقم الجوال أو البريد يحدث فورا، والانتقال إلى منزل جديد يحتاج قراءة العداد في ذلك اليوم. ترسل نسخة العقد الموقع إلى البريد المسجل.',
    ],
  },
  {
    key: 'complaint-process',
    topic: 'complaint',
    department: 'complaints',
    tags: ['complaint', 'supervisor', 'escalation'],
    en: [
      'Taking a complaint and asking for a supervisor',
      'Let the customer finish, repeat the complaint in your words and apologise for the experience. Open a complaint ticket with names and dates and give its number; an answer comes in writing within five working days. A supervisor is offered when the customer asks for one or the matter comes back a third time.',
    ],
    ar: [
      'تسجيل الشكوى وطلب المشرف',
      'دع العميل يكمل كلامه وأعد الشكوى بكلماتك واعتذر عن التجربة. افتح تذكرة شكوى بالأسماء والتواريخ وأعط العميل رقمها، ويصل الرد كتابيا خلال خمسة أيام عمل. حول المكالمة إلى المشرف إذا طلب العميل المدير أو تكررت المشكلة للمرة الثالثة.',
    ],
  },
];
